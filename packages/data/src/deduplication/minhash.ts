/**
 * MinHash signatures for near-duplicate detection (Broder 1997) with datatrove's shape: 5-grams of the words
 * of the simplified text, 14 buckets of 8 hashes. Two documents of Jaccard similarity s share a bucket with
 * probability 1 − (1 − s⁸)¹⁴: .92 at .8, .57 at .7.
 *
 * Arithmetic is ours: a shingle is 64 bits (two 32-bit lanes mixed from the words' hashes), hash function i
 * is (aᵢ·low + bᵢ·high + cᵢ) mod 2³² with odd a, b drawn from the seed, and its minimum is kept as a signed
 * 32-bit number. datatrove's own 64-bit numbers are an option: the probability curve is the same, so that
 * only who compares with signatures of datatrove needs them.
 */

import { checkChoice, checkNumbers, createRandom } from '@llm/core';
import { checkOptions, type OptionKinds } from '../page/check-options.js';
import { english } from '../words/english-words.js';
import { shinglePunctuation } from '../words/punctuation.js';
import { collapseSpace, strip } from '../words/python-text.js';
import { type DatatroveHash, type DatatroveMinhash, datatroveMinhash } from './datatrove-minhash.js';
import { finalize32, hash32 } from './hashing.js';

export interface MinhashConfig {
  /** Words in a shingle; default 5. */
  readonly wordsPerShingle?: number | undefined;
  readonly buckets?: number | undefined;
  readonly hashesPerBucket?: number | undefined;
  readonly seed?: number | undefined;
  /**
   * `fast` (default): 32-bit arithmetic of ours. `datatrove-sha1` (FineWeb) and `datatrove-xxhash`
   * (FineWeb-2): datatrove's, number for number, about 4 times slower.
   */
  readonly hashes?: 'fast' | DatatroveHash | undefined;
}

export interface Minhasher {
  readonly buckets: number;
  /**
   * Two 32-bit numbers a bucket that stand for its hashes: length 2 × buckets. Undefined for a text with
   * fewer words than a shingle: it is no near-duplicate of anything.
   */
  signature(text: string): Int32Array | undefined;
  /**
   * The signature itself, bucket after bucket: a 32-bit number a hash function, or with datatrove's hashes a
   * 64-bit number as low and high word.
   */
  minima(text: string): Uint32Array | undefined;
}

const decimal = /\p{Nd}+(?:[.,،٫⎖⎗⎘]\p{Nd}+)?/gu;

/** Lower case, numbers as 0, punctuation and runs of white space as one blank, no diacritics. */
export function simplifyText(text: string): string {
  let simple = text.toLowerCase().replace(decimal, '0').replace(shinglePunctuation, ' ');
  simple = collapseSpace(strip(simple));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is meant
  if (!/^[\x00-\x7f]*$/.test(simple)) simple = simple.normalize('NFD').replace(/\p{Mn}/gu, '');
  return strip(simple);
}

export const minhashKinds: OptionKinds<MinhashConfig> = {
  ...({
    wordsPerShingle: 'any',
    buckets: 'any',
    hashesPerBucket: 'any',
    seed: 'any',
    hashes: 'any',
  } as const),
};

/** Throws `data/option-invalid`, `core/option-invalid`. */
export function createMinhasher(config: MinhashConfig = {}): Minhasher {
  checkOptions('createMinhasher', config, minhashKinds);
  const { wordsPerShingle = 5, buckets = 14, hashesPerBucket = 8, seed = 1, hashes = 'fast' } = config;
  checkNumbers(config, {
    wordsPerShingle: { minimum: 1, integer: true },
    buckets: { minimum: 1, maximum: 10_000, integer: true },
    hashesPerBucket: { minimum: 1, maximum: 10_000, integer: true },
    seed: { minimum: 0, maximum: 0xffffffff, integer: true },
  });
  checkChoice('hashes', hashes, ['fast', 'datatrove-sha1', 'datatrove-xxhash']);
  const functions = buckets * hashesPerBucket;
  const { minima } =
    hashes === 'fast'
      ? fastMinhash(functions, wordsPerShingle, seed)
      : datatroveMinhash(hashes, functions, wordsPerShingle, seed);
  const wordsPerBucket = hashesPerBucket * (hashes === 'fast' ? 1 : 2);
  const minimaOf = (text: string): Uint32Array | undefined => minima(english.words(simplifyText(text)));
  return {
    buckets,
    minima: minimaOf,
    signature(text) {
      const values = minimaOf(text);
      if (values === undefined) return undefined;
      const signature = new Int32Array(buckets * 2);
      for (let bucket = 0, at = 0; bucket < buckets; bucket++) {
        let first = 0x9e3779b9 | 0;
        let second = 0x85ebca6b | 0;
        for (const end = at + wordsPerBucket; at < end; at++) {
          const value = values[at]!;
          first = finalize32(Math.imul(first, 31) ^ value);
          second = (Math.imul(second ^ value, 0xcc9e2d51) + 0x52dce729) | 0;
        }
        signature[bucket * 2] = first;
        signature[bucket * 2 + 1] = finalize32(second);
      }
      return signature;
    },
  };
}

function fastMinhash(functions: number, wordsPerShingle: number, seed: number): DatatroveMinhash {
  const random = createRandom(seed, 'minhash');
  // Four functions go over the shingles together; the last ones may be of nobody.
  const room = Math.ceil(functions / 4) * 4;
  const drawn = (odd: number): Int32Array => {
    const numbers = new Int32Array(room);
    for (let at = 0; at < functions; at++) numbers[at] = random.uint32() | odd;
    return numbers;
  };
  const a = drawn(1);
  const b = drawn(1);
  const c = drawn(0);
  let high = new Int32Array(4096);
  let low = new Int32Array(4096);
  let wordHigh = new Int32Array(4096);
  let wordLow = new Int32Array(4096);
  return {
    minima(words) {
      const shingles = words.length - wordsPerShingle + 1;
      if (shingles < 1) return undefined;
      if (words.length > high.length) {
        const longer = (): Int32Array<ArrayBuffer> => new Int32Array(words.length * 2);
        [high, low, wordHigh, wordLow] = [longer(), longer(), longer(), longer()];
      }
      for (let word = 0; word < words.length; word++) {
        wordHigh[word] = hash32(words[word]!, 0x243f6a88);
        wordLow[word] = hash32(words[word]!, 0x13198a2e);
      }
      for (let at = 0; at < shingles; at++) {
        let h = 0;
        let l = 0;
        for (let word = at; word < at + wordsPerShingle; word++) {
          h = (Math.imul(h, 0x01000193) + wordHigh[word]!) | 0;
          l = (Math.imul(l, 0x5bd1e995) + wordLow[word]!) | 0;
        }
        high[at] = finalize32(h ^ (l >>> 7));
        low[at] = finalize32(l ^ (h << 9));
      }
      const minima = new Int32Array(room);
      for (let at = 0; at < room; at += 4) smallest(a, b, c, at, high, low, shingles, minima);
      return new Uint32Array(minima.buffer, 0, functions);
    },
  };
}

/** The minima of four functions from `at` on. */
function smallest(
  a: Int32Array,
  b: Int32Array,
  c: Int32Array,
  at: number,
  high: Int32Array,
  low: Int32Array,
  count: number,
  minima: Int32Array,
): void {
  const [a0, a1, a2, a3] = [a[at]!, a[at + 1]!, a[at + 2]!, a[at + 3]!];
  const [b0, b1, b2, b3] = [b[at]!, b[at + 1]!, b[at + 2]!, b[at + 3]!];
  const [c0, c1, c2, c3] = [c[at]!, c[at + 1]!, c[at + 2]!, c[at + 3]!];
  let [m0, m1, m2, m3] = [0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff];
  for (let shingle = 0; shingle < count; shingle++) {
    const h = high[shingle]!;
    const l = low[shingle]!;
    const v0 = (Math.imul(a0, l) + Math.imul(b0, h) + c0) | 0;
    const v1 = (Math.imul(a1, l) + Math.imul(b1, h) + c1) | 0;
    const v2 = (Math.imul(a2, l) + Math.imul(b2, h) + c2) | 0;
    const v3 = (Math.imul(a3, l) + Math.imul(b3, h) + c3) | 0;
    if (v0 < m0) m0 = v0;
    if (v1 < m1) m1 = v1;
    if (v2 < m2) m2 = v2;
    if (v3 < m3) m3 = v3;
  }
  minima[at] = m0;
  minima[at + 1] = m1;
  minima[at + 2] = m2;
  minima[at + 3] = m3;
}
