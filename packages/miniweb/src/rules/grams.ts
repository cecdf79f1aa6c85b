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
  const ids = words.map((word) => {
    let id = numbers.get(word);
    if (id === undefined) {
      id = numbers.size;
      numbers.set(word, id);
    }
    return id;
  });
  // lengths[i]: code points of the first i words.
  const lengths = new Float64Array(words.length + 1);
  for (let i = 0; i < words.length; i++) lengths[i + 1] = lengths[i]! + codePoints(words[i]!);
  const top: Record<number, number> = {};
  const duplicated: Record<number, number> = {};
  let grams = Int32Array.from(ids);
  for (let n = 2; n <= 10; n++) {
    const count = Math.max(0, words.length - n + 1);
    const longer = new Int32Array(count);
    const known = new Map<number, number>();
    for (let start = 0; start < count; start++) {
      const key = grams[start]! * 0x200000 + ids[start + n - 1]!;
      let id = known.get(key);
      if (id === undefined) {
        id = known.size;
        known.set(key, id);
      }
      longer[start] = id;
    }
    grams = longer;
    if (n <= 4) top[n] = topCharacters(grams, known.size, lengths, n);
    else duplicated[n] = duplicatedCharacters(grams, known.size, lengths, n);
  }
  return { top, duplicated };
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
