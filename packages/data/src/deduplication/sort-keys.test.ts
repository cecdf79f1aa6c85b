import { createRandom } from '@llm/core';
import { describe, expect, it } from 'vitest';
import { sortKeys } from './sort-keys.js';

describe('sortKeys', () => {
  it.each([0, 1, 2, 1000, 70_000])('orders %d keys as a stable comparison does', (count) => {
    const random = createRandom(3, 'keys');
    // Few different words: many keys are equal in one half or both.
    const words = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, random.uint32() >>> 0];
    const word = (): number => words[random.uint32() & 7]!;
    const high = Uint32Array.from({ length: count }, word);
    const low = Uint32Array.from({ length: count }, word);
    const expected = Array.from({ length: count }, (_, at) => at);
    expect([...sortKeys(high)]).toEqual([...expected].sort((a, b) => high[a]! - high[b]! || a - b));
    expected.sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]! || a - b);
    expect([...sortKeys(high, low)]).toEqual(expected);
  });
});
