import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { type PackedRow, RowPacker, type RowPackerOptions } from './row-packer.js';

const random = createRandom(5);
/** Short ones, empty ones, and some of several rows. */
const lengths = Array.from({ length: 300 }, (_, i) =>
  i % 10 === 0 ? 20 + random.integer(90) : random.integer(16),
);
const tokens = lengths.reduce((sum, length) => sum + length, 0);
const columns = 16;

const packer = (options: Partial<RowPackerOptions> = {}, of = lengths): RowPacker =>
  new RowPacker(of.length, (document) => of[document]!, { columns, seed: 1, ...options });

/** The rows of the first epoch. */
function epoch(packing: RowPacker): PackedRow[] {
  const rows: PackedRow[] = [];
  for (;;) {
    const row = packing.next();
    if (packing.state.epoch > 0) return rows;
    rows.push(row);
  }
}

/** How often each token of each document is placed. */
function counts(rows: readonly PackedRow[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { placements } of rows)
    for (const { document, from, count } of placements)
      for (let i = from; i < from + count; i++)
        seen.set(`${document}:${i}`, (seen.get(`${document}:${i}`) ?? 0) + 1);
  return seen;
}

describe.each([{ lookahead: 1000 }, { lookahead: 7 }, { lookahead: 1 }])(
  'with $lookahead waiting',
  ({ lookahead }) => {
    test('every token once per epoch', () => {
      const seen = counts(epoch(packer({ lookahead })));
      expect(seen.size).toBe(tokens);
      expect(new Set(seen.values())).toEqual(new Set([1]));
    });

    test('placements fill the row without a hole or an overlap', () => {
      for (const { placements, used } of epoch(packer({ lookahead }))) {
        let at = 0;
        for (const placement of placements) {
          expect(placement.at).toBe(at);
          at += 1 + placement.count;
        }
        expect(at).toBe(used);
        expect(used).toBeLessThanOrEqual(columns + 1);
      }
    });

    test('discarding: every row begins with a document, and what is lost is counted', () => {
      const packing = packer({ lookahead, remainder: 'discard' });
      const rows = epoch(packing);
      const before = packer({ lookahead, remainder: 'discard' });
      for (const _ of rows) before.next();
      for (const { placements } of rows) for (const { from } of placements) expect(from).toBe(0);
      const seen = counts(rows);
      expect(new Set(seen.values())).toEqual(new Set([1]));
      expect(before.state.discardedTokens).toBe(tokens - seen.size);
      expect(before.state.discardedTokens).toBeGreaterThan(0);
    });

    test('goes on from a saved state as if it had not stopped', () => {
      const straight = packer({ lookahead });
      const rows = Array.from({ length: 400 }, () => straight.next());
      expect(straight.state.epoch).toBe(1);
      for (const stop of [0, 1, 57, 150, 399]) {
        const stopped = packer({ lookahead });
        for (let i = 0; i < stop; i++) stopped.next();
        const saved = JSON.parse(JSON.stringify(stopped.state)) as typeof stopped.state;
        const resumed = new RowPacker(
          lengths.length,
          (i) => lengths[i]!,
          { columns, seed: 1, lookahead },
          saved,
        );
        expect(Array.from({ length: 400 - stop }, () => resumed.next())).toEqual(rows.slice(stop));
      }
    });
  },
);

test('a row is padded only where an epoch ends', () => {
  const rows = epoch(packer());
  expect(rows.slice(0, -1).every(({ used }) => used === columns + 1)).toBe(true);
});

test('a document that fits is not cut while others wait to fill the row', () => {
  const rows = epoch(packer({ seed: 3 }, [7, 8, 7, 8, 7, 8, 7, 8]));
  expect(rows.map(({ placements, used }) => [placements.length, used])).toEqual(Array(4).fill([2, 17]));
});

test('one long document is trained on in sections, side by side', () => {
  const rows = epoch(packer({}, [columns * 32 * 6]));
  expect(rows.length).toBe(32 * 6);
  const starts = rows.map(({ placements }) => placements[0]!.from);
  expect(starts.some((start, i) => start === starts[i - 1]! + columns)).toBe(false);
});

test('the rest of a document opens a row while beginnings are there to fill rows', () => {
  const packing = packer(
    {},
    Array.from({ length: 3000 }, (_, i) => 5 + (i % 60)),
  );
  for (let row = 0; row < 3000; row++)
    for (const { from, at } of packing.next().placements) if (from > 0) expect(at).toBe(0);
});

test('another seed or epoch is another order', () => {
  const two = packer({}, [9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
  const order = (rows: readonly PackedRow[]): number[] =>
    rows.flatMap(({ placements }) => placements.map(({ document }) => document));
  const first = order([two.next(), two.next(), two.next()]);
  const other = packer({ seed: 2 }, [9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
  expect(order([other.next(), other.next(), other.next()])).not.toEqual(first);
});

test('nothing to pack is a typed error', () => {
  for (const none of [[], [0, 0]])
    expect(() => packer({}, none)).toThrow(expect.objectContaining({ code: 'model/no-training-text' }));
});
