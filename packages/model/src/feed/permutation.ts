/**
 * A seeded order of 0…count−1 that is computed and not stored: a Feistel network over the next even power of
 * two, applied again while the result lies outside (cycle walking; Black and Rogaway 2002). Any place of an
 * epoch of any size is reached at once, without holding a shuffled list.
 */
import { createRandom } from '@llm/core';

const rounds = 6;

/** `count` is at most 2^32. Same seed and path, same order. */
export function permutation(
  count: number,
  seed: number | string,
  ...path: readonly (number | string)[]
): (index: number) => number {
  const random = createRandom(seed, 'permutation', ...path);
  const keys = Array.from({ length: rounds }, () => random.uint32());
  const halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(2, count)) / 2));
  const mask = 2 ** halfBits - 1;
  const once = (index: number): number => {
    let left = Math.floor(index / (mask + 1));
    let right = index % (mask + 1);
    for (const key of keys) [left, right] = [right, left ^ (mix(right ^ key) & mask)];
    return left * (mask + 1) + right;
  };
  return (index) => {
    let result = once(index);
    while (result >= count) result = once(result);
    return result;
  };
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
