import { describe, expect, test } from 'vitest';
import { createRandom } from '../random.js';
import { BoundedCurve } from './bounded-curve.js';

function filled(values: readonly (number | null)[], limit?: number): BoundedCurve {
  const curve = new BoundedCurve(limit);
  values.forEach((value, at) => {
    curve.push(at + 1, value, 1000 + at);
  });
  return curve;
}

describe('a curve of bounded size', () => {
  test('keeps points as they are up to its limit', () => {
    expect(filled([3, 1, 2], 4).toJSON()).toEqual({
      step: [1, 2, 3],
      time: [1000, 1001, 1002],
      mean: [3, 1, 2],
      least: [3, 1, 2],
      most: [3, 1, 2],
      pointsPerBucket: 1,
      points: 3,
      notNumbers: 0,
      firstNotNumber: null,
    });
  });

  test('merges neighbours beyond it, by hand', () => {
    // 1 2 | 3 4 | 5, where the fifth point made pairs of the four before it.
    expect(filled([1, 2, 3, 9, 5], 4).toJSON()).toMatchObject({
      step: [2, 4, 5],
      mean: [1.5, 6, 5],
      least: [1, 3, 5],
      most: [2, 9, 5],
      pointsPerBucket: 2,
      points: 5,
    });
  });

  test('least, most and mean of every bucket are those of its points, whatever the length', () => {
    const random = createRandom(1, 'curve');
    for (const length of [1, 7, 8, 9, 64, 1000, 4097]) {
      const values = Array.from({ length }, () => random.uniform() * 10 - 5);
      const { step, mean, least, most, pointsPerBucket } = filled(values, 8).toJSON();
      expect(step.length).toBeLessThanOrEqual(8);
      step.forEach((_, at) => {
        const part = values.slice(at * pointsPerBucket, (at + 1) * pointsPerBucket);
        expect(step[at]).toBe(Math.min((at + 1) * pointsPerBucket, length));
        expect(least[at]).toBe(Math.min(...part));
        expect(most[at]).toBe(Math.max(...part));
        expect(mean[at]).toBeCloseTo(part.reduce((sum, value) => sum + value, 0) / part.length, 10);
      });
    }
  });

  test('what is no number is counted, with the first step, and the rest of its bucket stays', () => {
    const curve = filled([1, null, Number.NaN, Infinity, 5], 4);
    expect(curve.toJSON()).toMatchObject({
      mean: [1, null, 5],
      least: [1, null, 5],
      notNumbers: 3,
      firstNotNumber: 2,
    });
  });

  test('steps that a resumed run repeats are left out', () => {
    const curve = filled([1, 2, 3]);
    expect([curve.push(2, 2, 0), curve.push(3, 3, 0), curve.push(4, 4, 0)]).toEqual([false, false, true]);
    expect(curve.toJSON().step).toEqual([1, 2, 3, 4]);
  });

  test('goes on from its JSON as if it had not been cut', () => {
    const random = createRandom(2, 'curve');
    const values = Array.from({ length: 300 }, () => random.uniform());
    for (const cut of [0, 1, 15, 16, 17, 150, 299]) {
      const before = filled(values.slice(0, cut), 16);
      const after = BoundedCurve.fromJSON(JSON.parse(JSON.stringify(before)), 16);
      values.slice(cut).forEach((value, at) => {
        after.push(cut + at + 1, value, 1000 + cut + at);
      });
      const [whole, joined] = [filled(values, 16).toJSON(), after.toJSON()];
      expect({ ...joined, mean: [] }).toEqual({ ...whole, mean: [] });
      joined.mean.forEach((mean, at) => {
        expect(mean).toBeCloseTo(whole.mean[at]!, 12);
      });
    }
  });
});
