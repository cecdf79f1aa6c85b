import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { packDocuments } from './pack-documents.js';

const bosToken = 0;
/** Every token of every document is a different number, so that a packed row tells where its tokens came from. */
function distinctDocuments(lengths: readonly number[]): Int32Array[] {
  let next = 1;
  return lengths.map((length) => Int32Array.from({ length }, () => next++));
}

describe('packDocuments', () => {
  const random = createRandom(5);
  const documents = distinctDocuments(Array.from({ length: 300 }, () => random.integer(40)));
  const packed = packDocuments(documents, { columns: 16, bosToken, seed: 1 });

  test('every token of every document is a target exactly once, after the token before it', () => {
    const seen = new Map<number, number>();
    for (let row = 0; row < packed.rows; row++) {
      const length = packed.lengths[row]!;
      const ids = packed.tokens.subarray(row * 17, row * 17 + length);
      for (let i = 1; i < length; i++) {
        if (ids[i] === bosToken) continue;
        expect(seen.has(ids[i]!)).toBe(false);
        seen.set(ids[i]!, ids[i - 1]!);
      }
    }
    const expected = new Map<number, number>();
    for (const ids of documents)
      for (const [i, id] of ids.entries()) expected.set(id, i === 0 ? bosToken : ids[i - 1]!);
    expect(seen).toEqual(expected);
  });

  test('no padding outside one row', () => {
    expect(Array.from(packed.lengths).filter((length) => length < 17).length).toBeLessThanOrEqual(1);
  });

  test('a document that fits is not cut while others wait to fill the row', () => {
    const short = distinctDocuments([7, 8, 7, 8, 7, 8, 7, 8]);
    const { rows, segments, lengths } = packDocuments(short, { columns: 16, bosToken, seed: 3 });
    expect([rows, ...lengths]).toEqual([4, 17, 17, 17, 17]);
    for (let row = 0; row < 4; row++) expect(segments[row * 17 + 16]).toBe(1);
  });

  test('the same seed and epoch give the same rows, another epoch other ones', () => {
    const again = (epoch: number): Int32Array =>
      packDocuments(documents, { columns: 16, bosToken, seed: 1, epoch }).tokens;
    expect(again(0)).toEqual(packed.tokens);
    expect(again(1)).not.toEqual(packed.tokens);
  });

  test('nothing to pack is nothing', () => {
    expect(packDocuments([], { columns: 4, bosToken, seed: 1 }).rows).toBe(0);
    expect(packDocuments([new Int32Array(0)], { columns: 4, bosToken, seed: 1 }).rows).toBe(0);
  });
});
