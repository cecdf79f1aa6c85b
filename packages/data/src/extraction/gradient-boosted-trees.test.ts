import { describe, expect, it } from 'vitest';
import { featureNames } from './block-features.js';
import { blockModel } from './block-model.js';
import { probabilitiesOf, readTrees } from './gradient-boosted-trees.js';

/** bfloat16: the upper half of a float. */
const half = (value: number): number[] => {
  const bytes = new Uint8Array(new Float32Array([value]).buffer);
  return [bytes[2]!, bytes[3]!];
};
const float = (value: number): number[] => [...new Uint8Array(new Float32Array([value]).buffer)];

describe('readTrees', () => {
  it('runs what was packed', () => {
    const bytes = Uint8Array.from([
      ...float(0.5),
      2,
      0,
      // column 1 ≤ 2 ? (column 0 ≤ −1 ? −0.5 : 1) : 1.5
      2,
      3,
      ...float(0.5),
      1,
      ...half(2),
      1,
      ~2 & 255,
      0,
      ...half(-1),
      ~0 & 255,
      ~1 & 255,
      -1 & 255,
      2,
      3,
      // a tree that is one leaf
      0,
      1,
      ...float(0.25),
      1,
    ]);
    const trees = readTrees(bytes);
    const score = (...row: number[]): number => {
      // The last of more rows than stand in a tile.
      const p = probabilitiesOf(trees, 70, 2, (first, last, values) => {
        for (let at = first; at < last; at++) values.set(at === 69 ? row : [9, 9], 2 * (at - first));
      })[69]!;
      return Math.log(p / (1 - p));
    };
    expect(score(-2, 2)).toBeCloseTo(0.5 - 0.5 + 0.25, 6);
    expect(score(0, 1)).toBeCloseTo(0.5 + 1 + 0.25, 6);
    expect(score(0, 3)).toBeCloseTo(0.5 + 1.5 + 0.25, 6);
  });

  it('fits the features there are', () => {
    const { trees, names } = blockModel();
    expect(trees.starts.length).toBeGreaterThan(50);
    expect(trees.columns).toBeLessThanOrEqual(featureNames.length);
    expect(names.some((weight) => weight !== 0)).toBe(true);
  });
});
