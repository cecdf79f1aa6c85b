/**
 * MinHash signatures for near-duplicate detection (Broder 1997) with datatrove's shape: 5-grams of the words
 * of the simplified text, 14 buckets of 8 hashes. Two documents of Jaccard similarity s share a bucket with
 * probability 1 − (1 − s⁸)¹⁴: .92 at .8, .57 at .7.
 *
 * Arithmetic is ours: a shingle is 64 bits (two 32-bit lanes mixed from the words' hashes), hash function i
 * is (aᵢ·low + bᵢ·high + cᵢ) mod 2³² with odd a, b drawn from the seed, and its minimum is kept as a signed
 * 32-bit number. datatrove multiplies modulo 2⁶¹ − 1 on 64-bit integers, which JavaScript can only do slowly;
 * the probability curve is the same, the bytes of the signatures are not.
 */
import { createRandom } from '@llm/core';
import { english } from '../words/english-words.js';
import { shinglePunctuation } from '../words/punctuation.js';
import { collapseSpace, strip } from '../words/python-text.js';
import { finalize32, hash32 } from './hashing.js';

export interface MinhashConfig {
  /** Words in a shingle; default 5. */
  readonly wordsPerShingle?: number | undefined;
  readonly buckets?: number | undefined;
  readonly hashesPerBucket?: number | undefined;
  readonly seed?: number | undefined;
}

export interface Minhasher {
  readonly buckets: number;
  /**
   * Two 32-bit numbers a bucket that stand for its hashes: length 2 × buckets. Undefined for a text with
   * fewer words than a shingle: it is no duplicate of anything.
   */
  signature(text: string): Int32Array | undefined;
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

export function createMinhasher(config: MinhashConfig = {}): Minhasher {
  const wordsPerShingle = config.wordsPerShingle ?? 5;
  const buckets = config.buckets ?? 14;
  const hashesPerBucket = config.hashesPerBucket ?? 8;
  const functions = buckets * hashesPerBucket;
  const random = createRandom(config.seed ?? 1, 'minhash');
  const a = Int32Array.from({ length: functions }, () => random.uint32() | 1);
  const b = Int32Array.from({ length: functions }, () => random.uint32() | 1);
  const c = Int32Array.from({ length: functions }, () => random.uint32());
  let high = new Int32Array(4096);
  let low = new Int32Array(4096);

  return {
    buckets,
    signature(text) {
      const words = english.words(simplifyText(text));
      const shingles = words.length - wordsPerShingle + 1;
      if (shingles < 1) return undefined;
      if (words.length > high.length) {
        high = new Int32Array(words.length * 2);
        low = new Int32Array(words.length * 2);
      }
      const wordHigh = Int32Array.from(words, (word) => hash32(word, 0x243f6a88));
      const wordLow = Int32Array.from(words, (word) => hash32(word, 0x13198a2e));
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
      const signature = new Int32Array(buckets * 2);
      let index = 0;
      for (let bucket = 0; bucket < buckets; bucket++) {
        let first = 0x9e3779b9 | 0;
        let second = 0x85ebca6b | 0;
        for (let hash = 0; hash < hashesPerBucket; hash++, index++) {
          const minimum = smallest(a[index]!, b[index]!, c[index]!, high, low, shingles);
          first = finalize32(Math.imul(first, 31) ^ minimum);
          second = (Math.imul(second ^ minimum, 0xcc9e2d51) + 0x52dce729) | 0;
        }
        signature[bucket * 2] = first;
        signature[bucket * 2 + 1] = finalize32(second);
      }
      return signature;
    },
  };
}

function smallest(a: number, b: number, c: number, high: Int32Array, low: Int32Array, count: number): number {
  let minimum = 0x7fffffff;
  for (let at = 0; at < count; at++) {
    const value = (Math.imul(a, low[at]!) + Math.imul(b, high[at]!) + c) | 0;
    if (value < minimum) minimum = value;
  }
  return minimum;
}
