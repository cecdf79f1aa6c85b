/**
 * The n-gram counts of the Gopher repetition rules in one pass over n: every distinct n-gram gets a number in
 * order of first appearance, found from the number of its first n − 1 words and its last word.
 */
import { codePoints } from './words.js';

export interface GramCounts {
  /** n = 2, 3, 4: characters of the most frequent n-gram (spaces included) times its count. */
  readonly top: Readonly<Record<number, number>>;
  /** n = 5…10: characters (no spaces) of n-grams seen before, never overlapping. */
  readonly duplicated: Readonly<Record<number, number>>;
}

export function countGrams(words: readonly string[]): GramCounts {
  const numbers = new Map<string, number>();
  const ids = Int32Array.from(words, (word) => {
    const id = numbers.get(word) ?? numbers.size;
    if (id === numbers.size) numbers.set(word, id);
    return id;
  });
  // lengths[i]: code points of the first i words.
  const lengths = new Float64Array(words.length + 1);
  for (let i = 0; i < words.length; i++) lengths[i + 1] = lengths[i]! + codePoints(words[i]!);
  const top: Record<number, number> = {};
  const duplicated: Record<number, number> = {};
  let grams: Int32Array = ids;
  let distinct = numbers.size;
  for (let n = 2; n <= 10; n++) {
    const count = Math.max(0, words.length - n + 1);
    // Where no shorter one comes twice, no longer one does.
    if (distinct === grams.length) [grams, distinct] = [grams.subarray(0, count), count];
    else [grams, distinct] = lengthen(grams, ids, count);
    if (n <= 4) top[n] = topCharacters(grams, distinct, lengths, n);
    else duplicated[n] = duplicatedCharacters(grams, distinct, lengths, n);
  }
  return { top, duplicated };
}

/** The numbers of `count` n-grams from those of their first n − 1 words, and how many are distinct. */
function lengthen(
  shorter: Int32Array,
  ids: Int32Array,
  count: number,
): [grams: Int32Array, distinct: number] {
  const grams = new Int32Array(count);
  const last = ids.subarray(ids.length - count);
  // Open addressing, at most half full: where a gram stands first, plus 1.
  const firsts = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 1)));
  const mask = firsts.length - 1;
  let distinct = 0;
  for (let start = 0; start < count; start++) {
    const hash = Math.imul(shorter[start]!, 0x9e3779b1) ^ Math.imul(last[start]!, 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const first = firsts[slot]! - 1;
      if (first < 0) {
        firsts[slot] = start + 1;
        grams[start] = distinct++;
        break;
      }
      if (shorter[first] === shorter[start] && last[first] === last[start]) {
        grams[start] = grams[first]!;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return [grams, distinct];
}

function topCharacters(grams: Int32Array, distinct: number, lengths: Float64Array, n: number): number {
  const counts = new Int32Array(distinct);
  for (const gram of grams) counts[gram]!++;
  let best = -1;
  for (let gram = 0; gram < distinct; gram++) if (best < 0 || counts[gram]! > counts[best]!) best = gram;
  if (best < 0) return 0;
  const start = grams.indexOf(best);
  return (lengths[start + n]! - lengths[start]! + n - 1) * counts[best]!;
}

function duplicatedCharacters(grams: Int32Array, distinct: number, lengths: Float64Array, n: number): number {
  const seen = new Uint8Array(distinct);
  let characters = 0;
  for (let start = 0; start < grams.length; ) {
    const gram = grams[start]!;
    if (seen[gram] === 1) {
      characters += lengths[start + n]! - lengths[start]!;
      start += n;
    } else {
      seen[gram] = 1;
      start++;
    }
  }
  return characters;
}
