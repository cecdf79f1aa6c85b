/** What an evaluation found: means with standard errors, over all rows and by group, kept as running sums. */
import { describeSkipped, LlmError } from '@llm/core';
import type { Answered } from './answer-items.js';
import type { EvaluationTask } from './evaluation-task.js';
import type { LeftOut } from './left-out.js';
import { centredAccuracy, Tally } from './tally.js';

export interface Measure {
  readonly mean: number;
  /** NaN for a single row. */
  readonly standardError: number;
}

export interface EvaluationReport {
  readonly task: string;
  readonly shots: number;
  /** Rows that were answered. */
  readonly n: number;
  /** Rows that were not. */
  readonly skipped: number;
  /** Which, of the first hundred of them, and why: too long for the model's window, or empty. */
  readonly skippedRows: readonly SkippedRow[];
  /** Answered rows whose prompt lost its beginning, because it is longer than the model's window. */
  readonly truncated: number;
  /** Name of the quoted measure. */
  readonly measure: string;
  readonly measures: Readonly<Record<string, Measure>>;
  /** Mean of 1 / options over the rows; 0 for other kinds. */
  readonly chance: number;
  /** (accuracy − chance) / (1 − chance) of the quoted measure, as in CORE; undefined for bits per byte. */
  readonly centred: number | undefined;
  /** The quoted measure by group. */
  readonly groups: Readonly<Record<string, Measure & { readonly n: number }>>;
}

export interface SkippedRow extends LeftOut {
  /** Counts the rows from 0. */
  readonly index: number;
}

/** Rows that are left out are named up to this number. */
const namedRows = 100;

export class ReportBuilder {
  readonly #measures = new Map<string, Tally>();
  readonly #groups = new Map<string, Tally>();
  readonly #chance = new Tally();
  #skipped = 0;
  readonly #skippedRows: SkippedRow[] = [];
  #truncated = 0;

  constructor(readonly task: EvaluationTask) {}

  get skippedRows(): readonly SkippedRow[] {
    return this.#skippedRows;
  }

  skip(index: number, { reason, message }: LeftOut): void {
    this.#skipped++;
    if (this.#skippedRows.length < namedRows) this.#skippedRows.push({ index, reason, message });
  }

  add(answered: Answered): void {
    const { item, measures, weight } = answered;
    if (answered.truncated) this.#truncated++;
    for (const [name, value] of Object.entries(measures)) tallyOf(this.#measures, name).add(value, weight);
    if (item.group !== undefined) tallyOf(this.#groups, item.group).add(measures[this.task.measure]!, weight);
    this.#chance.add(item.kind === 'choice' ? 1 / item.options.length : 0);
  }

  /** Throws `model/nothing-to-evaluate` when no row was answered. */
  report(shots: number): EvaluationReport {
    const { task } = this;
    const skipped = this.#skipped;
    const quoted = this.#measures.get(task.measure);
    if (quoted === undefined)
      throw new LlmError({
        code: 'model/nothing-to-evaluate',
        message: `${task.name}: no row could be answered: ${skipped === 0 ? 'there is none' : describeSkipped(this.#skippedRows, nameOfRow)}. Pass rows of the data set, or a model with a longer window.`,
        details: { task: task.name, skipped },
      });
    const measure = ({ mean, standardError }: Tally): Measure => ({ mean, standardError });
    const chance = this.#chance.mean;
    return {
      task: task.name,
      shots,
      n: quoted.n,
      skipped,
      skippedRows: this.#skippedRows,
      truncated: this.#truncated,
      measure: task.measure,
      measures: Object.fromEntries([...this.#measures].map(([name, tally]) => [name, measure(tally)])),
      chance,
      centred: task.measure === 'bitsPerByte' ? undefined : centredAccuracy(quoted.mean, chance),
      groups: Object.fromEntries(
        [...this.#groups].map(([name, tally]) => [name, { n: tally.n, ...measure(tally) }]),
      ),
    };
  }
}

export const nameOfRow = ({ index }: SkippedRow): string => `row ${index}`;

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? new Tally();
  tallies.set(name, tally);
  return tally;
}
