/**
 * Other thresholds on what a run measured. The first rule that does not pass decides, as in the run. What it
 * cannot know it says: a page that the run measured no further than the step that dropped it (`unknown`).
 */
import { LlmError } from '@llm/core';
import { type Measure, passes } from '@llm/data';
import type { MeasuredRow, RecordedMeasure } from '@llm/data/node';

/** `step` and `option` → the new threshold. */
export type Thresholds = ReadonlyMap<string, number>;

export interface Fate {
  readonly kind: 'pass' | 'drop' | 'unknown';
  /** Of the drop; of `unknown` the step that the page passes now. */
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  /** The rule that dropped it, under the new threshold. */
  readonly measure?: Measure | undefined;
}

/** `gopher-quality.minWords=30` → its parts. Throws `pipeline/flag-invalid`. */
export function parseThresholds(settings: readonly string[]): Thresholds {
  const thresholds = new Map<string, number>();
  for (const setting of settings) {
    const [, name, value] = /^([^.=]+\.[^=]+)=(.+)$/.exec(setting) ?? [];
    if (name === undefined || value!.trim() === '' || !Number.isFinite(Number(value)))
      throw new LlmError({
        code: 'pipeline/flag-invalid',
        message: `--set ${setting}: give STEP.OPTION=NUMBER, as gopher-quality.minWords=30.`,
      });
    thresholds.set(name, Number(value));
  }
  return thresholds;
}

export function measureOf([name, value, bound, threshold, option]: RecordedMeasure): Measure {
  return { name, value: Number(value), bound: bound as Measure['bound'], threshold, option };
}

export function replay(row: MeasuredRow, thresholds: Thresholds): Fate {
  for (const [step, measures] of row.steps) {
    for (const recorded of measures) {
      const was = measureOf(recorded);
      const measure = { ...was, threshold: thresholds.get(`${step}.${was.option}`) ?? was.threshold };
      if (!passes(measure)) return { kind: 'drop', step, reason: measure.name, measure };
    }
    if (step === row.step && row.all !== true) return { kind: 'unknown', step };
  }
  return { kind: 'pass' };
}
