/**
 * Where a document stands among all: a hash (XXH64) of a seed, a purpose and its id. A document keeps its
 * place whatever comes beside it, so what is drawn by hash only grows when the data grows, and is the same in
 * any order of reading and for any number of readers.
 */
import { xxhash64Words } from '../deduplication/xxhash64.js';

const words = new Int32Array(2);
const encoder = new TextEncoder();
let bytes = new Uint8Array(1024);

/** High and low word, 0…2³²−1 each. */
export function documentHash(
  seed: number | string,
  purpose: string,
  ...names: readonly (string | number)[]
): readonly [high: number, low: number] {
  const text = [seed, purpose, ...names].join('\u0000');
  if (bytes.length < 3 * text.length) bytes = new Uint8Array(6 * text.length);
  xxhash64Words(bytes, encoder.encodeInto(text, bytes).written, words, 0);
  return [words[1]! >>> 0, words[0]! >>> 0];
}

/** Uniform in [0, 1). */
export const hashShare = ([high, low]: readonly [number, number]): number =>
  (high * 2 ** 20 + (low >>> 12)) / 2 ** 52;
