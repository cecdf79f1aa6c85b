import { LlmError } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import type { StepMeasures } from '../../pipeline/step-runner.js';

export interface RecordOptions {
  /**
   * UTF-16 units of its text that a dropped page leaves in `dropped.jsonl.gz`, with what the step measured
   * that dropped it. Default 0: neither.
   */
  readonly droppedText?: number | undefined;
  /**
   * Writes `measures.jsonl.gz`, a line for every page that the steps saw. `reached`: what the steps measured
   * until one of them dropped the page, that step whole. `all`: a page that a threshold dropped goes on
   * through the later steps, only to be measured, so that other thresholds can be tried on the run without
   * reading anything again; it costs the time of these steps. Default: not written.
   */
  readonly measures?: 'reached' | 'all' | undefined;
}

/** A line of `measures.jsonl.gz`. */
export interface MeasuredRow {
  readonly id: string;
  readonly url?: string | undefined;
  readonly language?: string | undefined;
  /** Of the step that dropped the page. */
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  /** Whether the later steps were asked, too. */
  readonly all?: true | undefined;
  /** Name, value, bound, threshold and option of each measure. */
  readonly steps: readonly (readonly [step: string, measures: readonly RecordedMeasure[]])[];
}

export type RecordedMeasure = readonly [
  name: string,
  value: number | string,
  bound: string,
  threshold: number,
  option?: string,
];

/** Numbers that JSON has no word for become strings, which `Number` reads. */
export function recordedSteps(measured: readonly StepMeasures[]): MeasuredRow['steps'] {
  return measured.map(({ step, measures }) => [
    step,
    measures.map(({ name, value, bound, threshold, option }) => {
      const written = Number.isFinite(value) ? value : String(value);
      return option === undefined
        ? [name, written, bound, threshold]
        : [name, written, bound, threshold, option];
    }),
  ]);
}

/** Throws `data/option-invalid`. */
export function checkRecord(record: RecordOptions | undefined): void {
  if (record === undefined) return;
  checkOptions('record', record, { droppedText: 'any', measures: 'any' });
  const { droppedText = 0, measures } = record;
  const wrong =
    !Number.isInteger(droppedText) || droppedText < 0
      ? `droppedText is ${droppedText}, and a whole number of characters is needed`
      : measures !== undefined && measures !== 'reached' && measures !== 'all'
        ? `measures is ${JSON.stringify(measures)}, and 'reached' or 'all' is needed`
        : undefined;
  if (wrong !== undefined)
    throw new LlmError({
      code: 'data/option-invalid',
      message: `record: ${wrong}. It has droppedText and measures.`,
    });
}
