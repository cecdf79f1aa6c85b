/** Measures of the same model one below the other, models in the order in which they are first met. */
import type { LabMeasure } from '../../wire/lab-report.js';

export interface ArmMeasures {
  readonly arm: string;
  readonly measures: readonly LabMeasure[];
}

export function byArm(measures: readonly LabMeasure[]): ArmMeasures[] {
  const arms = new Map<string, LabMeasure[]>();
  for (const measure of measures) {
    const known = arms.get(measure.arm);
    if (known) known.push(measure);
    else arms.set(measure.arm, [measure]);
  }
  return [...arms].map(([arm, measured]) => ({ arm, measures: measured }));
}
