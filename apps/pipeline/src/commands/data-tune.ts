/** `llm data tune`: what other thresholds would keep and drop of a run, from what it measured. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { type MeasuredRow, readShards } from '@llm/data/node';
import { type DataRun, type DroppedRow, openDataRun } from '../explaining/data-run.js';
import { type Fate, parseThresholds, replay, type Thresholds } from '../explaining/replay.js';
import { Reservoirs } from '../explaining/reservoir.js';
import { measureLine } from '../explaining/show-explanation.js';
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

interface Sample {
  readonly id: string;
  readonly url: string | undefined;
  readonly fate: Fate;
  text?: string | undefined;
}

/** Rule → pages that it drops; `pass` and `unknown` beside them. */
type Tally = Record<string, number>;

export async function dataTune(directory: string, flags: DataTuneFlags, output: Output): Promise<void> {
  const thresholds = parseThresholds(flags.set);
  const run = openDataRun(directory);
  if (!existsSync(join(run.directory, 'measures.jsonl.gz')))
    throw new LlmError({
      code: 'pipeline/no-measures',
      message: `${directory} did not write down what it measured. Run it again with --measure-all (with --measure pages that fell early cannot be followed).`,
    });
  const [before, after]: [Tally, Tally] = [{}, {}];
  const samples = new Reservoirs<Sample>(flags.samples, flags.seed);
  const known = new Map<string, Set<string>>();
  let pages = 0;
  for await (const row of run.rows<MeasuredRow>('measures')) {
    pages++;
    learnOptions(row, known);
    const fate = replay(row, thresholds);
    const [was, is] = [row.step === undefined ? 'pass' : `${row.step}/${row.reason}`, nameOf(fate)];
    before[was] = (before[was] ?? 0) + 1;
    after[is] = (after[is] ?? 0) + 1;
    if (flags.decisions === true) output.stdout.write(jsonLine({ id: row.id, was, is }));
    if (was !== is) samples.add(`${was} → ${is}`, { id: row.id, url: row.url, fate });
  }
  checkOptions(
    thresholds,
    known,
    directory,
    run.report.funnel.map(({ step }) => step),
  );
  if (flags.decisions === true) return;
  const changes = samples.all();
  await addTexts(
    run,
    changes.flatMap(([, { items }]) => items),
  );
  if (flags.json === true) {
    const moved = changes.map(([change, { seen, items }]) => ({ change, pages: seen, samples: items }));
    output.stdout.write(jsonLine({ pages, set: Object.fromEntries(thresholds), before, after, moved }));
    return;
  }
  const lines = [...countLines(pages, before, after, run), ...changes.flatMap(changeLines)];
  output.stdout.write(`${lines.map(shownLine).join('\n')}\n`);
}

function nameOf({ kind, step, reason }: Fate): string {
  return kind === 'drop' ? `${step}/${reason}` : kind === 'pass' ? kind : `unknown behind ${step}`;
}

function learnOptions({ steps }: MeasuredRow, known: Map<string, Set<string>>): void {
  for (const [step, measures] of steps) {
    const options = known.get(step) ?? new Set();
    known.set(step, options);
    for (const [, , , , option] of measures) if (option !== undefined) options.add(option);
  }
}

/** Throws `pipeline/flag-without-effect` for thresholds that no rule of the run compares with. */
function checkOptions(
  thresholds: Thresholds,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  directory: string,
  steps: readonly string[],
): void {
  for (const name of thresholds.keys()) {
    const [step, option] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
    const options = known.get(step);
    if (options?.has(option)) continue;
    const list = [...(options ?? known.keys())];
    throw new LlmError({
      code: 'pipeline/flag-without-effect',
      message:
        options === undefined
          ? steps.includes(step)
            ? `--set ${name}: "${step}" cannot be tuned, because it gives no measures: what it compares with what it decides inside (give them with its verdict: { measures: [{ name, value, bound, threshold, option }] }). There are ${list.join(', ')}.`
            : `--set ${name}: there is no step "${step}" in ${directory}. There are ${list.join(', ')}.`
          : `--set ${name}: it is no threshold of "${step}" (what decides how it measures needs another run). There are ${list.join(', ') || 'none'}.`,
      details: { name },
    });
  }
}

/** What there is of the texts: of kept documents all, of dropped pages where the run left some. */
async function addTexts(run: DataRun, samples: readonly Sample[]): Promise<void> {
  const wanted = new Map(samples.map((sample) => [sample.id, sample]));
  if (wanted.size === 0) return;
  for await (const { id, text } of run.rows<DroppedRow>('dropped')) {
    const sample = wanted.get(id);
    if (sample !== undefined) sample.text = text?.slice(0, 300);
  }
  for await (const { id, text } of readShards(run.store, run.prefix)) {
    const sample = wanted.get(id);
    if (sample !== undefined) sample.text = text.slice(0, 300);
  }
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

function changeLines([change, { seen, items }]: [
  string,
  { seen: number; items: readonly Sample[] },
]): string[] {
  return [
    '',
    `${change}: ${formatCount(seen)}${seen > items.length ? `, of which ${items.length}` : ''}`,
    ...items.flatMap(({ id, url, fate, text }) => [
      `  ${id}${url === undefined ? '' : `  ${url}`}`,
      ...(fate.measure === undefined ? [] : [`  ${measureLine(fate.measure, 12)}`]),
      ...(text === undefined ? [] : [`      ${text.replaceAll('\n', ' ¶ ')}`]),
    ]),
  ];
}
