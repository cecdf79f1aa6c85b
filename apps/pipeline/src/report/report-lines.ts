/**
 * What the report says in words, alike on the terminal, in Markdown and in HTML: plain text that each of them
 * escapes.
 */

import type { StageCost } from '../run/event-log.js';
import { wasShared } from '../run/machine-meter.js';
import { sftHeadline } from '../stages/sft-headline.js';
import { formatBytes, formatCount, formatMetric, formatPercent } from '../terminal/format.js';
import type { RunReport } from './run-report.js';

export interface StageRow {
  readonly stage: string;
  readonly result: string;
  readonly cost: StageCost;
}

/** The one-line result of each stage. */
export function stageRows({ stages }: RunReport): StageRow[] {
  const { crawl, data, tokenizer, pretrain, sft, rl, control } = stages;
  const row = (stage: string, cost: StageCost | undefined, result: string): StageRow[] =>
    cost === undefined ? [] : [{ stage, result, cost }];
  return [
    ...row('crawl', crawl, `${formatCount(crawl?.pages ?? 0)} pages, ${formatBytes(crawl?.bytes ?? 0)}`),
    ...row('data', data, `${formatCount(data?.kept ?? 0)} of ${formatCount(data?.pages ?? 0)} pages kept`),
    ...row(
      'tokenizer',
      tokenizer,
      `${formatCount(tokenizer?.vocabularySize ?? 0)} tokens, ${formatMetric(tokenizer?.bytesPerToken ?? 0)} bytes per token`,
    ),
    ...row(
      'pretrain',
      pretrain,
      `bits per byte ${formatMetric(pretrain?.bitsPerByteBefore ?? 0)} → ${formatMetric(pretrain?.bitsPerByteAfter ?? 0)}, ${formatCount(pretrain?.tokensPerSecond ?? 0)} tokens/s`,
    ),
    ...row('sft', sft, sft === undefined ? '' : sftHeadline(sft)),
    ...row(
      'rl',
      rl,
      `accuracy ${formatPercent(rl?.accuracyBefore ?? 0)} → ${formatPercent(rl?.accuracyAfter ?? 0)} (95 %: ${(rl?.interval ?? [0, 0]).map(formatPercent).join(' to ')}, n = ${rl?.n ?? 0})`,
    ),
    ...row('control', control, control === undefined ? '' : controlHeadline(control)),
  ];
}

/** A coin teaches nothing; where it moves the model by more than five points, it is said what that is. */
function controlHeadline({
  accuracyBefore,
  accuracyAfter,
}: NonNullable<RunReport['stages']['control']>): string {
  const drift =
    Math.abs(accuracyAfter - accuracyBefore) > 0.05
      ? '; a drift between ways of answering that the model had, of which this coin happened to favour one (`llm lab random-rewards`)'
      : '';
  return `random rewards: accuracy ${formatPercent(accuracyBefore)} → ${formatPercent(accuracyAfter)}${drift}`;
}

/** `reason 12, reason 3`, most frequent first. */
export function reasons(dropped: Readonly<Record<string, number>>): string {
  return Object.entries(dropped)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([reason, count]) => `${reason} ${formatCount(count)}`)
    .join(', ');
}

export function groundTruthLines({ groundTruth }: NonNullable<RunReport['stages']['data']>): string[] {
  if (groundTruth === null) return ['No ground truth: the input is not the miniweb.'];
  const { pages, met, misses, byChance } = groundTruth;
  return [
    `Ground truth met for ${formatCount(met)} of ${formatCount(pages)} pages${byChance.length === 0 ? '' : `, counting ${byChance.length} near-duplicates that chance decided otherwise`}.`,
    ...misses.map(({ id, expected, actual }) => `- ${id}: expected ${expected}, got ${actual}`),
  ];
}

/** What the run was given, in a sentence or two. */
export function inputLine({ options }: RunReport): string {
  if (options === null) return 'The options are not known.';
  const { preset, seed, threads, input, passedOver } = options;
  const given =
    input.kind === 'files'
      ? `${input.files.length} input files`
      : input.kind === 'captures'
        ? `pages of ${input.domain ?? `${input.urls?.length ?? 0} addresses`} in ${input.crawl}`
        : `the miniweb, ${formatCount(input.pages)} pages`;
  const rest = passedOver === undefined ? '' : ` Passed over in folders: ${reasons(passedOver)}.`;
  return `Preset ${preset}, seed ${seed}, ${threads} threads, on ${given}.${rest}`;
}

/** Rows of the user's conversations that SFT did not learn from. */
export function conversationLines({ stages: { sft } }: RunReport): string[] {
  const { skippedByReason = {}, leftOutByReason = {} } = sft ?? {};
  const lines: string[] = [];
  if (Object.keys(skippedByReason).length > 0)
    lines.push(`Lines of the conversations that were left out, by reason: ${reasons(skippedByReason)}.`);
  if (Object.keys(leftOutByReason).length > 0)
    lines.push(`Conversations that could not be trained on, by reason: ${reasons(leftOutByReason)}.`);
  return lines;
}

/** `1.9 of 2` processors, on average; empty when it was not measured. */
export function usedProcessors({ cpuSeconds, wallSeconds, processors }: StageCost): string {
  return processors === 0 || wallSeconds === 0
    ? ''
    : `${(cpuSeconds / wallSeconds).toFixed(1)} of ${processors}`;
}

/** Which stages had to share the machine, so that nobody takes their times for what the work costs. */
export function sharedLines(report: RunReport): string[] {
  const shared = stageRows(report).filter(({ cost }) => wasShared(cost));
  if (shared.length === 0) return [];
  const others = shared.map(({ cost }) => cost.otherCpuSeconds / cost.wallSeconds);
  const [least, most] = [Math.min(...others), Math.max(...others)].map((share) => share.toFixed(1));
  const share = least === most ? `${most}` : `${least} to ${most}`;
  const names = shared.map(({ stage }) => stage).join(', ');
  return [
    `The machine was shared: during ${names} other programs used ${share} of ${shared[0]?.cost.processors} processors. Alone, this work is faster.`,
  ];
}
