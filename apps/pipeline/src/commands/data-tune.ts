/** `llm data tune`: what other thresholds would keep and drop of a run, from what it measured. */
import { type DataRun, openDataRun } from '../explaining/data-run.js';
import { parseThresholds } from '../explaining/replay.js';
import { measureLine } from '../explaining/show-explanation.js';
import { type Tally, type TunedRun, tuneRun } from '../explaining/tune-run.js';
import { formatCount } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';

export interface DataTuneFlags {
  readonly set: readonly string[];
  readonly samples: number;
  readonly seed: number;
  readonly decisions?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export async function dataTune(directory: string, flags: DataTuneFlags, output: Output): Promise<void> {
  const { samples, seed } = flags;
  const thresholds = parseThresholds(flags.set);
  const run = openDataRun(directory);
  const onDecision =
    flags.decisions === true
      ? (id: string, was: string, is: string): void => void output.stdout.write(jsonLine({ id, was, is }))
      : undefined;
  const { pages, before, after, moved } = await tuneRun(run, thresholds, { samples, seed, onDecision });
  if (onDecision !== undefined) return;
  if (flags.json === true) {
    output.stdout.write(jsonLine({ pages, set: Object.fromEntries(thresholds), before, after, moved }));
    return;
  }
  const lines = [...countLines(pages, before, after, run), ...moved.flatMap(changeLines)];
  output.stdout.write(`${lines.map(shownLine).join('\n')}\n`);
}

function countLines(pages: number, before: Tally, after: Tally, run: DataRun): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => name !== 'pass')
    .sort();
  const wide = Math.max(20, ...names.map((name) => name.length));
  const line = (name: string): string => {
    const [was, is] = [before[name] ?? 0, after[name] ?? 0];
    const change = was === is ? '' : `  ${is > was ? '+' : ''}${is - was}`;
    return `  ${name.padEnd(wide)}${formatCount(was).padStart(10)} → ${formatCount(is).padStart(8)}${change}`;
  };
  const duplicates = run.report.funnel.find(({ step }) => step === 'minhash');
  const unknown = names.some((name) => name.startsWith('unknown'));
  return [
    `${formatCount(pages)} pages that the steps saw`,
    ...names.map(line),
    line('pass'),
    ...(unknown
      ? [
          'Pages "unknown behind" a step pass it now, and the run measured no further: run it with --measure-all.',
        ]
      : []),
    ...(duplicates === undefined
      ? []
      : [
          `Duplicates are not looked for again: ${formatCount(duplicates.entered - duplicates.left)} of those that passed were dropped as such.`,
        ]),
  ];
}

function changeLines({ change, pages, samples }: TunedRun['moved'][number]): string[] {
  return [
    '',
    `${change}: ${formatCount(pages)}${pages > samples.length ? `, of which ${samples.length}` : ''}`,
    ...samples.flatMap(({ id, url, fate, text }) => [
      `  ${id}${url === undefined ? '' : `  ${url}`}`,
      ...(fate.measure === undefined ? [] : [`  ${measureLine(fate.measure, 12)}`]),
      ...(text === undefined ? [] : [`      ${text.replaceAll('\n', ' ¶ ')}`]),
    ]),
  ];
}
