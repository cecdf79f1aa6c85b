/** A measure that is a mean of scores, with its 95 % interval by Student's t. */
import type { LabMeasure } from '@llm/studio/wire';

/**
 * `seeds`: the scores of each. The interval takes answers as independent, whatever their seed and question.
 */
export function meanScore(arm: string, name: string, seeds: readonly (readonly number[])[]): LabMeasure {
  const all = seeds.flat();
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const value = mean(all);
  const variance = all.reduce((sum, score) => sum + (score - value) ** 2, 0) / Math.max(1, all.length - 1);
  const half = studentQuantile(all.length - 1) * Math.sqrt(variance / all.length);
  return {
    ...{ arm, name, unit: 'score', value, n: all.length },
    interval: all.length < 2 ? null : [value - half, value + half],
    bySeed: seeds.map(mean),
  };
}

/**
 * t of 97.5 %, from the normal quantile by the expansion of Fisher and Cornish (1960): within 0.01 from four
 * degrees of freedom on, 0.6 % too small at three.
 */
export function studentQuantile(freedom: number): number {
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
