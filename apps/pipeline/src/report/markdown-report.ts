/** `report.md`: the run as tables, readable in a terminal or on a code host. */
import { formatBytes, formatCount, formatMetric, formatPercent, formatSeconds } from '../terminal/format.js';
import type { RunReport } from './run-report.js';
import { sampleTable } from './sample-table.js';

export function markdownReport(report: RunReport): string {
  return [
    '# Run report',
    '',
    ...headings(report),
    ...stageTable(report),
    ...dataSection(report),
    ...modelSection(report),
    ...samplesSection(report),
  ].join('\n');
}

function headings({ options, complete, wallSeconds, peakMemoryBytes }: RunReport): string[] {
  const input =
    options?.input.kind === 'files'
      ? `${options.input.files.length} input files`
      : `the miniweb, ${formatCount(options?.input.pages ?? 0)} pages`;
  return [
    `Preset ${options?.preset ?? 'unknown'}, seed ${options?.seed ?? 'unknown'}, ${options?.threads ?? '?'} threads, on ${input}. ${complete ? 'Complete' : 'Not finished'}: ${formatSeconds(wallSeconds)}, at most ${formatBytes(peakMemoryBytes)} of memory.`,
    '',
  ];
}

/** The one-line result of each stage. */
export function stageRows({
  stages,
}: RunReport): { stage: string; result: string; wallSeconds: number; peakMemoryBytes: number }[] {
  const { crawl, data, tokenizer, pretrain, sft, rl, control } = stages;
  const row = (
    stage: string,
    cost: { wallSeconds: number; peakMemoryBytes: number } | undefined,
    result: string,
  ): { stage: string; result: string; wallSeconds: number; peakMemoryBytes: number }[] =>
    cost === undefined
      ? []
      : [{ stage, result, wallSeconds: cost.wallSeconds, peakMemoryBytes: cost.peakMemoryBytes }];
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
    ...row(
      'sft',
      sft,
      `valid answers ${formatPercent(sft?.formatValidBefore ?? 0)} → ${formatPercent(sft?.formatValidAfter ?? 0)}`,
    ),
    ...row(
      'rl',
      rl,
      `accuracy ${formatPercent(rl?.accuracyBefore ?? 0)} → ${formatPercent(rl?.accuracyAfter ?? 0)} (95 %: ${(rl?.interval ?? [0, 0]).map(formatPercent).join(' to ')}, n = ${rl?.n ?? 0})`,
    ),
    ...row(
      'control',
      control,
      `random rewards: accuracy ${formatPercent(control?.accuracyBefore ?? 0)} → ${formatPercent(control?.accuracyAfter ?? 0)}`,
    ),
  ];
}

function stageTable(report: RunReport): string[] {
  return [
    '| stage | result | time | peak memory |',
    '|---|---|---:|---:|',
    ...stageRows(report).map(
      ({ stage, result, wallSeconds, peakMemoryBytes }) =>
        `| ${stage} | ${result} | ${formatSeconds(wallSeconds)} | ${formatBytes(peakMemoryBytes)} |`,
    ),
    '',
  ];
}

function dataSection({ stages: { data } }: RunReport): string[] {
  if (data === undefined) return [];
  return [
    '## Data',
    '',
    '| step | entered | left | dropped, by reason |',
    '|---|---:|---:|---|',
    ...data.funnel.map(
      ({ step, entered, left, dropped }) =>
        `| ${cell(step)} | ${formatCount(entered)} | ${formatCount(left)} | ${cell(reasons(dropped))} |`,
    ),
    '',
    ...groundTruthLines(data).map(cell),
    '',
  ];
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

function modelSection({ stages: { pretrain, sft, rl, control } }: RunReport): string[] {
  const rows: (readonly [string, string, string])[] = [];
  if (pretrain)
    rows.push([
      'base: bits per byte',
      formatMetric(pretrain.bitsPerByteBefore),
      formatMetric(pretrain.bitsPerByteAfter),
    ]);
  if (sft)
    rows.push(
      ['SFT: held-out loss', formatMetric(sft.heldOutLossBefore), formatMetric(sft.heldOutLossAfter)],
      ['SFT: valid answers', formatPercent(sft.formatValidBefore), formatPercent(sft.formatValidAfter)],
    );
  for (const [name, stage] of [
    ['RL', rl],
    ['control', control],
  ] as const) {
    if (stage)
      rows.push(
        [
          `${name}: accuracy, greedy (95 %)`,
          `${formatPercent(stage.accuracyBefore)} (${stage.intervalBefore.map(formatPercent).join(' to ')})`,
          `${formatPercent(stage.accuracyAfter)} (${stage.intervalAfter.map(formatPercent).join(' to ')})`,
        ],
        [
          `${name}: accuracy of samples at temperature 1`,
          formatPercent(stage.sampledAccuracyBefore),
          formatPercent(stage.sampledAccuracyAfter),
        ],
        [
          `${name}: answers that call the tool`,
          formatPercent(stage.toolCallRateBefore),
          formatPercent(stage.toolCallRateAfter),
        ],
      );
  }
  if (rows.length === 0) return [];
  return [
    '## Models',
    '',
    ...(pretrain
      ? [
          `${formatCount(pretrain.parameters)} parameters, trained on ${formatCount(pretrain.trainedTokens)} tokens of a corpus of ${formatCount(pretrain.corpusTokens)}.`,
          '',
        ]
      : []),
    '| | before | after |',
    '|---|---:|---:|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ];
}

function samplesSection(report: RunReport): string[] {
  const { models, rows } = sampleTable(report);
  if (rows.length === 0) return [];
  return [
    '## The same prompts, model by model',
    '',
    `| prompt | ${models.join(' | ')} |`,
    `|---|${models.map(() => '---|').join('')}`,
    ...rows.map(({ prompt, answers }) => `| ${[prompt, ...answers].map(cell).join(' | ')} |`),
    '',
  ];
}

/** Text inside a table cell: one line, nothing that Markdown or HTML would read. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ⏎ ');
}
