import { describe, expect, it } from 'vitest';
import { UnionFind } from './union-find.js';

describe('UnionFind', () => {
  it('names the smallest number of each set, whatever the order of the joins', () => {
    for (const pairs of [
      [
        [4, 2],
        [2, 7],
        [5, 6],
      ],
      [
        [7, 2],
        [6, 5],
        [4, 7],
      ],
    ] as const) {
      const sets = new UnionFind(9);
      for (const [a, b] of pairs) sets.join(a, b);
      expect(Array.from({ length: 9 }, (_, at) => sets.find(at))).toEqual([0, 1, 2, 3, 2, 5, 5, 2, 8]);
      expect(Array.from({ length: 9 }, (_, at) => sets.isAlone(at))).toEqual([
        true,
        true,
        false,
        true,
        false,
        false,
        false,
        false,
        true,
      ]);
    }
  });

  it('reaches past one block, and a chain of 5,000,000 is one set', () => {
    const size = 5_000_000;
    const sets = new UnionFind(size);
    for (let at = size - 1; at > 0; at--) sets.join(at, at - 1);
    for (const at of [0, 1, (1 << 22) - 1, 1 << 22, size - 1]) expect(sets.find(at)).toBe(0);
  });
});
