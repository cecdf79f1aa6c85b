import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { bestFitDecreasing } from './best-fit-decreasing.js';

describe('bestFitDecreasing', () => {
  test("TRL's TestPackDatasetBfd rows", () => {
    // [[1,2,3],[4,5,6,7],[8]], 4 → [[4,5,6,7],[1,2,3,8]]
    expect(bestFitDecreasing([3, 4, 1], 4)).toEqual([[1], [0, 2]]);
    // [[1..5],[6,7],[8..11],[12]] with the first already cut to 4 → [[1,2,3,4],[8,9,10,11],[6,7,12]]
    expect(bestFitDecreasing([4, 2, 4, 1], 4)).toEqual([[0], [2], [1, 3]]);
    expect(bestFitDecreasing([], 4)).toEqual([]);
  });

  test('takes the tightest row, not the first that fits', () => {
    // 6 leaves 4, 5 leaves 5, and 4 belongs beside 6.
    expect(bestFitDecreasing([5, 6, 4], 10)).toEqual([[1, 2], [0]]);
  });

  test('places everything once, overfills nothing, wastes less than first-come packing', () => {
    const random = createRandom(1, 'lengths');
    const lengths = Array.from({ length: 2000 }, () => 1 + random.integer(40));
    const rows = bestFitDecreasing(lengths, 64);
    expect(rows.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
    for (const row of rows) expect(row.reduce((sum, i) => sum + lengths[i]!, 0)).toBeLessThanOrEqual(64);
    const total = lengths.reduce((a, b) => a + b, 0);
    expect(total / (rows.length * 64)).toBeGreaterThan(0.99);
  });

  test('the number of rows does not depend on the order', () => {
    const random = createRandom(2, 'lengths');
    const lengths = Array.from({ length: 300 }, () => 1 + random.integer(30));
    const count = bestFitDecreasing(lengths, 32).length;
    for (let i = 0; i < 5; i++) {
      expect(bestFitDecreasing(random.shuffle([...lengths]), 32).length).toBe(count);
    }
  });

  test('a too long item is an error that says which', () => {
    expect(() => bestFitDecreasing([1, 9], 8)).toThrow(/Item 1 has length 9/);
  });
});
