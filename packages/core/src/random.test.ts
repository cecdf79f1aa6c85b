import { describe, expect, test } from 'vitest';
import { createRandom } from './random.js';

describe('createRandom', () => {
  test('the same path gives the same numbers, another path others', () => {
    const draw = (...path: (string | number)[]): number[] => {
      const random = createRandom(1, ...path);
      return Array.from({ length: 4 }, () => random.uint32());
    };
    expect(draw('a', 1)).toEqual(draw('a', 1));
    expect(draw('a', 1)).not.toEqual(draw('a', 2));
    expect(draw('a', 11)).not.toEqual(draw('a1', 1));
  });

  test('uniform and normal have the moments of their distributions', () => {
    const random = createRandom(5);
    const count = 200_000;
    const moments = (draw: () => number): [number, number] => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < count; i++) {
        const x = draw();
        sum += x;
        squares += x * x;
      }
      const mean = sum / count;
      return [mean, squares / count - mean * mean];
    };
    const [uniformMean, uniformVariance] = moments(() => random.uniform());
    expect(uniformMean).toBeCloseTo(0.5, 2);
    expect(uniformVariance).toBeCloseTo(1 / 12, 2);
    const [normalMean, normalVariance] = moments(() => random.normal());
    expect(normalMean).toBeCloseTo(0, 1.7);
    expect(normalVariance).toBeCloseTo(1, 1.5);
  });

  test('integers cover their range evenly (chi-squared, 9 degrees of freedom, p = 0.001)', () => {
    const random = createRandom('seed');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.integer(10)]!++;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  test('shuffle keeps the elements', () => {
    expect(createRandom(2).shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});
