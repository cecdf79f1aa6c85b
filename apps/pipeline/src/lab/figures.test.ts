import { describe, expect, test } from 'vitest';
import { correlation } from './correlation.js';
import { meanCurve } from './mean-curve.js';
import { meanScore, studentQuantile } from './mean-score.js';
import { sharesOf, showsSteps } from './measured-answers.js';

describe('figures of experiments', () => {
  test('shares of seeds add up, with the interval of Wilson', () => {
    const { value, n, interval, bySeed } = sharesOf('a', 'b', [
      { share: 0.6, n: 5 },
      { share: 1, n: 5 },
    ]);
    expect({ value, n, bySeed }).toEqual({ value: 0.8, n: 10, bySeed: [0.6, 1] });
    // statsmodels 0.14: proportion_confint(8, 10, method='wilson')
    expect(interval![0]).toBeCloseTo(0.49016, 4);
    expect(interval![1]).toBeCloseTo(0.94332, 4);
  });

  test('a mean of scores has the interval of Student', () => {
    const measure = meanScore('a', 'b', [
      [1, 2],
      [3, 4],
    ]);
    expect(measure.value).toBe(2.5);
    expect(measure.bySeed).toEqual([1.5, 3.5]);
    // s = √(5/3), t(3) = 3.1824 in the tables, half = t · s / √4
    expect(measure.interval![1] - 2.5).toBeCloseTo((3.1824 * Math.sqrt(5 / 3)) / 2, 1);
    expect(meanScore('a', 'b', [[1]]).interval).toBe(null);
    for (const [freedom, quantile] of [
      [4, 2.7764],
      [9, 2.2622],
      [30, 2.0423],
      [1e9, 1.96],
    ] as const)
      expect(studentQuantile(freedom)).toBeCloseTo(quantile, freedom < 9 ? 1 : 3);
  });

  test('a curve is the mean over seeds of what the last steps were', () => {
    expect(
      meanCurve(
        [
          [1, 2, 3],
          [3, 4],
        ],
        1,
      ),
    ).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(meanCurve([[0, 2, 4, 6]], 2)).toEqual([
      [1, 0],
      [2, 1],
      [3, 3],
      [4, 5],
    ]);
    expect(meanCurve([], 3)).toEqual([]);
  });

  test('correlation', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    // Anscombe's first quartet
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    expect(correlation(x, y)).toBeCloseTo(0.81642, 4);
    expect(correlation([1, 1], [2, 3])).toBe(0);
  });

  test('steps are what stands before the answer', () => {
    expect(showsSteps('3+4=7 #### 7')).toBe(true);
    expect(showsSteps('#### 7 3+4=7')).toBe(false);
  });
});
