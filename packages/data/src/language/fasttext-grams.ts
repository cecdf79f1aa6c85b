/** Multiplier of a word n-gram's hash. */
const gramFactor = 116_049_371;

/**
 * Buckets of the word n-grams from two words up, as fastText numbers them: 64-bit hashes of the words' signed
 * 32-bit ones, in two halves of 32 bits.
 */
export function eachWordGram(
  hashes: ArrayLike<number>,
  longest: number,
  bucket: number,
  use: (gram: number) => void,
): void {
  for (let start = 0; start < hashes.length; start++) {
    let low = hashes[start]! >>> 0;
    let high = hashes[start]! < 0 ? 0xffffffff : 0;
    for (let at = start + 1; at < hashes.length && at < start + longest; at++) {
      const word = hashes[at]!;
      // hash × factor + word, modulo 2⁶⁴: no product here passes 2⁵³.
      const upper = (low >>> 16) * gramFactor;
      const lower = (low & 0xffff) * gramFactor + (upper % 65_536) * 65_536 + (word >>> 0);
      const carry = Math.floor(upper / 65_536) + Math.floor(lower / 2 ** 32);
      high = (Math.imul(high, gramFactor) + (carry % 2 ** 32) + (word < 0 ? 0xffffffff : 0)) >>> 0;
      low = lower % 2 ** 32;
      const shifted = ((high % bucket) * 65_536) % bucket;
      use((((shifted * 65_536) % bucket) + low) % bucket);
    }
  }
}
