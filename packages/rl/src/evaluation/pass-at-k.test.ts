import { expect, test } from 'vitest';
import { passAtK } from './pass-at-k.js';
import { wilsonInterval } from './wilson-interval.js';

test('pass@k agrees with counting every subset', () => {
  expect(passAtK(16, 3, 4)).toBeCloseTo(0.60714286, 8);
  const subsets = (n: number, k: number): number[][] =>
    k === 0
      ? [[]]
      : n < k
        ? []
        : [...subsets(n - 1, k), ...subsets(n - 1, k - 1).map((set) => [...set, n - 1])];
  for (const [n, c, k] of [
    [5, 2, 3],
    [6, 1, 2],
    [6, 6, 1],
    [6, 0, 6],
    [4, 3, 2],
  ] as const) {
    const all = subsets(n, k);
    const hit = all.filter((set) => set.some((member) => member < c)).length;
    expect(passAtK(n, c, k)).toBeCloseTo(hit / all.length, 12);
  }
  expect(() => passAtK(4, 1, 5)).toThrow(/pass@5/);
  expect(() => passAtK(4, 1.5, 2)).toThrow(/1.5 correct of 4/);
  expect(() => passAtK(Number.NaN, 0, 1)).toThrow(/0 correct of NaN/);
});

test('Wilson interval', () => {
  // Published worked values: 5/10, 0/10, 1/10 (Newcombe 1998 and calculators that follow it).
  const cases = [
    [5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [10, 10, 0.7225, 1],
  ] as const;
  for (const [successes, n, low, high] of cases) {
    expect(wilsonInterval(successes, n)[0]).toBeCloseTo(low, 3);
    expect(wilsonInterval(successes, n)[1]).toBeCloseTo(high, 3);
  }
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
});
