import { describe, expect, it } from 'vitest';
import { DuplicateFinder } from './duplicate-finder.js';

/** Two buckets; each is given as one number. */
function find(rows: readonly (readonly [number, number] | undefined)[]): {
  keeper: number[];
  match: number[];
} {
  const finder = new DuplicateFinder(2);
  for (const row of rows) finder.add(row === undefined ? undefined : Int32Array.of(row[0], 7, row[1], -7));
  expect(finder.size).toBe(rows.length);
  const { keeper, match } = finder.clusters();
  return { keeper: [...keeper], match: [...match] };
}

describe('DuplicateFinder', () => {
  it('keeps documents that share no bucket', () => {
    expect(find([])).toEqual({ keeper: [], match: [] });
    // The same number in different buckets is no match.
    expect(
      find([
        [1, 2],
        [2, 1],
        [3, 4],
      ]).keeper,
    ).toEqual([0, 1, 2]);
  });

  it('joins through chains and keeps the first', () => {
    // 0 and 2 share bucket 0, 2 and 3 share bucket 1: one cluster of three.
    expect(
      find([
        [1, 10],
        [5, 50],
        [1, 20],
        [9, 20],
      ]),
    ).toEqual({ keeper: [0, 1, 0, 0], match: [0, 1, 0, 2] });
  });

  it('joins two clusters that a later document brings together', () => {
    // By bucket 0: {0,4}, {1,3}; by bucket 1: {3,4}. One cluster of 0, 1, 3, 4; 2 stays alone.
    expect(
      find([
        [1, 10],
        [2, 11],
        [3, 12],
        [2, 13],
        [1, 13],
      ]).keeper,
    ).toEqual([0, 0, 2, 0, 0]);
  });

  it('never joins documents without a signature', () => {
    expect(find([undefined, [0, 0], undefined, [0, 0]])).toEqual({
      keeper: [0, 1, 2, 1],
      match: [0, 1, 2, 1],
    });
  });

  it('compares both numbers of a bucket', () => {
    const finder = new DuplicateFinder(1);
    for (const pair of [
      [1, 2],
      [1, 3],
      [4, 2],
      [1, 2],
    ])
      finder.add(Int32Array.from(pair));
    expect([...finder.clusters().keeper]).toEqual([0, 1, 2, 0]);
  });

  it('agrees with the connected components of a random graph, over several blocks', () => {
    // 9,000 documents, more than two blocks of 4,096; components by repeated relabelling.
    const count = 9000;
    let state = 12345;
    const next = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const rows = Array.from({ length: count }, (): [number, number] => [next(9000), next(9000)]);
    const label = rows.map((_, index) => index);
    for (let changed = true; changed; ) {
      changed = false;
      for (const bucket of [0, 1] as const) {
        const smallest = new Map<number, number>();
        rows.forEach((row, index) => {
          smallest.set(row[bucket], Math.min(smallest.get(row[bucket]) ?? count, label[index]!));
        });
        rows.forEach((row, index) => {
          const low = smallest.get(row[bucket]) as number;
          if (low < label[index]!) {
            label[index] = low;
            changed = true;
          }
        });
      }
    }
    const { keeper, match } = find(rows);
    expect(keeper).toEqual(label);
    expect(new Set(label).size).toBeGreaterThan(100);
    expect(new Set(label).size).toBeLessThan(8000);
    match.forEach((earlier, index) => {
      if (earlier === index) return;
      const [a, b] = [rows[earlier], rows[index]];
      if (earlier > index || (a?.[0] !== b?.[0] && a?.[1] !== b?.[1])) expect.fail(`${index} → ${earlier}`);
    });
    // A document is dropped without an earlier match only when later ones join it to its cluster.
    keeper.forEach((first, index) => {
      if (first === index || match[index] !== index) return;
      const row = rows[index] as [number, number];
      if (rows.slice(0, index).some((other) => other[0] === row[0] || other[1] === row[1]))
        expect.fail(`${index} has an earlier match`);
    });
  });
});
