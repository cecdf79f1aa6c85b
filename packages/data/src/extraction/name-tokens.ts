/**
 * Words of class names and of short lines as numbers: a word is hashed into one of 4,096 buckets, and the
 * model has one learned weight a bucket. Nothing is said here of what a word means.
 */

export const nameBuckets = 4096;

const known = new Map<string, readonly number[]>();

/**
 * The buckets of `class` and `id` (lower case): of every name with its digits removed, of its parts, and of
 * the beginning and the end of long parts, because the words of `relatedposts` are written together.
 */
export function nameTokens(names: string): readonly number[] {
  const cached = known.get(names);
  if (cached !== undefined) return cached;
  const tokens = new Set<number>();
  for (const name of names.slice(0, 400).split(/\s+/)) {
    const parts = name.split(/[^a-z]+/).filter((part) => part.length > 1);
    for (const part of parts) {
      tokens.add(bucketOf(part, 1));
      if (part.length >= 8) {
        tokens.add(bucketOf(part.slice(0, 5), 2));
        tokens.add(bucketOf(part.slice(-5), 3));
      }
    }
    if (parts.length > 1) tokens.add(bucketOf(parts.join('-'), 4));
  }
  const result = [...tokens];
  if (known.size >= 20_000) known.clear();
  known.set(names, result);
  return result;
}

/**
 * The buckets of the words of a line (hashes from `at` to `end`) and of its first two together; `salt` tells
 * tables apart. A line of one word counts it once more, as the whole of the line.
 */
export function lineTokens(hashes: Int32Array, at: number, end: number, salt: number): number[] {
  const tokens: number[] = [];
  const last = Math.min(end, at + 24);
  for (let word = at; word < last; word++) tokens.push(bucketOfHash(hashes[word]!, salt));
  if (end > at)
    tokens.push(bucketOfHash(Math.imul(hashes[at]!, 31) + (end > at + 1 ? hashes[at + 1]! : 0), salt + 1));
  return tokens;
}

/** FNV-1a over UTF-16 units. */
export function bucketOf(word: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return bucketOfHash(hash, 0);
}

function bucketOfHash(hash: number, salt: number): number {
  const mixed = salt === 0 ? hash : Math.imul(hash ^ salt, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % nameBuckets;
}
