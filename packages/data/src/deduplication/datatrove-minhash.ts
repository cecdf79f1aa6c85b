/**
 * MinHash with datatrove 0.10's arithmetic, number for number: a shingle is the first 64 bits of the SHA-1
 * (or the XXH64) of its words, hash function i is (a·shingle + b mod 2⁶⁴) mod (2⁶¹ − 1) with a, b drawn from
 * numpy's generator, and its minimum over the shingles is kept. FineWeb used SHA-1, FineWeb-2 XXH64. 64-bit
 * numbers are pairs of 32-bit words here: BigInt is some 50 times slower.
 */
import { upperProduct } from './long-words.js';
import { NumpyRandom } from './numpy-random.js';
import { sha1Words } from './sha1.js';
import { xxhash64Words } from './xxhash64.js';

export type DatatroveHash = 'datatrove-sha1' | 'datatrove-xxhash';

const mersennePrime = (1n << 61n) - 1n;

export interface DatatroveMinhash {
  /**
   * Low and high word of each function's minimum over the shingles of `words`; undefined without a shingle.
   */
  minima(words: readonly string[]): Uint32Array | undefined;
}

export function datatroveMinhash(
  hash: DatatroveHash,
  functions: number,
  wordsPerShingle: number,
  seed: number,
): DatatroveMinhash {
  const random = new NumpyRandom(seed);
  const a = new Int32Array(random.integers(1n, mersennePrime, functions).buffer);
  const b = new Int32Array(random.integers(0n, mersennePrime, functions).buffer);
  const hashWords = hash === 'datatrove-sha1' ? sha1Words : xxhash64Words;
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(1024);
  let shingles = new Int32Array(2048);
  return {
    minima(words) {
      const count = words.length - wordsPerShingle + 1;
      if (count < 1) return undefined;
      if (shingles.length < count * 2) shingles = new Int32Array(count * 4);
      for (let at = 0; at < count; at++) {
        const text = words.slice(at, at + wordsPerShingle).join(' ');
        if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 6);
        hashWords(bytes, encoder.encodeInto(text, bytes).written, shingles, at * 2);
      }
      const minima = new Uint32Array(functions * 2);
      for (let at = 0; at < functions; at++)
        smallest(a[at * 2]!, a[at * 2 + 1]!, b[at * 2]!, b[at * 2 + 1]!, shingles, count, minima, at * 2);
      return minima;
    },
  };
}

function smallest(
  aLow: number,
  aHigh: number,
  bLow: number,
  bHigh: number,
  shingles: Int32Array,
  count: number,
  minima: Uint32Array,
  target: number,
): void {
  let [leastHigh, leastLow] = [0xffffffff, 0xffffffff];
  for (let at = 0; at < count; at++) {
    const low = shingles[at * 2]!;
    const high = shingles[at * 2 + 1]!;
    const sum = (Math.imul(low, aLow) >>> 0) + (bLow >>> 0);
    const carry = sum > 0xffffffff ? 1 : 0;
    const upper =
      (upperProduct(low, aLow) + Math.imul(high, aLow) + Math.imul(low, aHigh) + bHigh + carry) >>> 0;
    // Modulo 2⁶¹ − 1: the upper 3 bits count once more, and the sum may reach the modulus.
    let rest = (sum >>> 0) + (upper >>> 29);
    let top = upper & 0x1fffffff;
    if (rest > 0xffffffff) {
      rest -= 0x100000000;
      top++;
    }
    if (top >= 0x20000000 || (top === 0x1fffffff && rest === 0xffffffff)) {
      // x ≥ 2⁶¹ − 1: less the modulus is x + 1 without bit 61.
      rest += 1;
      if (rest > 0xffffffff) {
        rest -= 0x100000000;
        top++;
      }
      top &= 0x1fffffff;
    }
    if (top < leastHigh || (top === leastHigh && rest < leastLow)) {
      leastHigh = top;
      leastLow = rest;
    }
  }
  minima[target] = leastLow;
  minima[target + 1] = leastHigh;
}
