/**
 * Count, sum, mean, variance (Welford), least and greatest of a row of numbers, and of two rows together
 * (Chan et al. 1979), as datatrove's `MetricStats` keeps them: six numbers at a place of an array, since
 * there are as many of them as hosts times measures.
 */
export const statisticsWidth = 6;

/** What a file of statistics says: datatrove's names. */
export interface StatisticsRecord {
  readonly total: number;
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
  readonly std_dev: number;
  readonly min: number;
  readonly max: number;
}

export function addValue(of: Float64Array, at: number, value: number): void {
  const n = of[at]! + 1;
  const mean = of[at + 2]!;
  const delta = value - mean;
  of[at] = n;
  of[at + 1] = of[at + 1]! + value;
  of[at + 2] = mean + delta / n;
  if (n > 1) of[at + 3] = of[at + 3]! + delta * (value - of[at + 2]!);
  of[at + 4] = n === 1 ? value : Math.min(of[at + 4]!, value);
  of[at + 5] = n === 1 ? value : Math.max(of[at + 5]!, value);
}

export function mergeRecords(a: StatisticsRecord, b: StatisticsRecord): StatisticsRecord {
  if (a.n === 0 || b.n === 0) return a.n === 0 ? b : a;
  const n = a.n + b.n;
  const delta = a.mean - b.mean;
  const squares = a.variance * (a.n - 1) + b.variance * (b.n - 1) + (delta * delta * a.n * b.n) / n;
  const variance = squares / (n - 1);
  return {
    ...{ total: a.total + b.total, n, mean: (a.n * a.mean + b.n * b.mean) / n },
    ...{ variance, std_dev: Math.sqrt(variance), min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) },
  };
}

export function recordOf(of: Float64Array, at: number): StatisticsRecord {
  const [n, total, mean, squares, min, max] = of.subarray(at, at + statisticsWidth);
  const variance = n! > 1 ? squares! / (n! - 1) : 0;
  return { total: total!, n: n!, mean: mean!, variance, std_dev: Math.sqrt(variance), min: min!, max: max! };
}
