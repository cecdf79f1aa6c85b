/**
 * What other thresholds would keep and drop of a finished run, from what it measured: counts by rule
 * before and after, and fair samples of the pages whose fate changes.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { type MeasuredRow, readShards } from '@llm/data/node';
import type { DataRun, DroppedRow } from './data-run.js';
import { type Fate, replay, type Thresholds } from './replay.js';
import { Reservoirs } from './reservoir.js';

export interface TuneOptions {
  readonly samples: number;
  readonly seed: number;
  /** Told of every page. */
  readonly onDecision?: ((id: string, was: string, is: string) => void) | undefined;
}

export interface TunedSample {
  readonly id: string;
  readonly url: string | undefined;
  readonly fate: Fate;
  text?: string | undefined;
}

/** Rule → pages that it drops; `pass` and `unknown behind STEP` beside them. */
export type Tally = Record<string, number>;

export interface TunedRun {
  readonly pages: number;
  readonly before: Tally;
  readonly after: Tally;
  /** `was → is`: how many, and some of them. */
  readonly moved: readonly {
    readonly change: string;
    readonly pages: number;
    readonly samples: readonly TunedSample[];
  }[];
}

export function hasMeasures(run: DataRun): boolean {
  return existsSync(join(run.directory, 'measures.jsonl.gz'));
}

/**
 * Throws `pipeline/no-measures`, and `pipeline/flag-without-effect` for a threshold that no rule of the run
 * compares with.
 */
export async function tuneRun(
  run: DataRun,
  thresholds: Thresholds,
  { samples: size, seed, onDecision }: TuneOptions,
): Promise<TunedRun> {
  if (!hasMeasures(run))
    throw new LlmError({
      code: 'pipeline/no-measures',
      message: `${run.directory} did not write down what it measured. Run it again with --measure-all (with --measure pages that fell early cannot be followed).`,
    });
  const [before, after]: [Tally, Tally] = [{}, {}];
  const samples = new Reservoirs<TunedSample>(size, seed);
  const known = new Map<string, Set<string>>();
  let pages = 0;
  for await (const row of run.rows<MeasuredRow>('measures')) {
    pages++;
    learnOptions(row, known);
    const fate = replay(row, thresholds);
    const [was, is] = [row.step === undefined ? 'pass' : `${row.step}/${row.reason}`, nameOf(fate)];
    before[was] = (before[was] ?? 0) + 1;
    after[is] = (after[is] ?? 0) + 1;
    onDecision?.(row.id, was, is);
    if (was !== is) samples.add(`${was} → ${is}`, { id: row.id, url: row.url, fate });
  }
  checkOptions(thresholds, known, run);
  const moved = samples.all().map(([change, { seen, items }]) => ({ change, pages: seen, samples: items }));
  if (onDecision === undefined)
    await addTexts(
      run,
      moved.flatMap((each) => each.samples),
    );
  return { pages, before, after, moved };
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
  { directory, report }: DataRun,
): void {
  for (const name of thresholds.keys()) {
    const [step, option] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
    const options = known.get(step);
    if (options?.has(option)) continue;
    const why =
      options !== undefined
        ? `it is no threshold of "${step}" (what decides how it measures needs another run)`
        : report.funnel.some((row) => row.step === step)
          ? `"${step}" cannot be tuned, because it gives no measures: what it compares with what it decides inside (give them with its verdict: { measures: [{ name, value, bound, threshold, option }] })`
          : `there is no step "${step}" in ${directory}`;
    const list = [...(options ?? known.keys())];
    throw new LlmError({
      code: 'pipeline/flag-without-effect',
      message: `--set ${name}: ${why}. There are ${list.join(', ') || 'none'}.`,
      details: { name },
    });
  }
}

/** What there is of the texts: of kept documents all, of dropped pages where the run left some. */
async function addTexts(run: DataRun, samples: readonly TunedSample[]): Promise<void> {
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
