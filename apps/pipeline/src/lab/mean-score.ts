/** A measure that is a mean of scores, with the 95 % interval of the normal approximation. */
import type { LabMeasure } from '@llm/studio/wire';

/** `seeds`: the scores of each. The interval takes answers as independent, whatever their seed and question. */
export function meanScore(arm: string, name: string, seeds: readonly (readonly number[])[]): LabMeasure {
  const all = seeds.flat();
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const value = mean(all);
  const variance = all.reduce((sum, score) => sum + (score - value) ** 2, 0) / Math.max(1, all.length - 1);
  const half = 1.959964 * Math.sqrt(variance / all.length);
  return {
    ...{ arm, name, unit: 'score', value, n: all.length },
    interval: [value - half, value + half],
    bySeed: seeds.map(mean),
  };
}
