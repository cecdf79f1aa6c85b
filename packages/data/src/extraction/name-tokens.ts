/**
 * Words of class names and of short lines as numbers: a word is hashed into one of 4,096 buckets, and the
 * model has one learned weight a bucket. Nothing is said here of what a word means.
 */

export const nameBuckets = 4096;

/**
 * The buckets of `class` and `id` (lower case): of every name with its digits removed, of its parts, and of
 * the beginning and the end of long parts, because the words of `relatedposts` are written together.
 */
export function nameTokens(names: string): readonly number[] {
  const tokens: number[] = [];
  const add = (hash: number): void => {
    const bucket = bucketOfHash(hash, 0);
    if (!tokens.includes(bucket)) tokens.push(bucket);
  };
  const length = Math.min(400, names.length);
  let parts = 0;
  let joined = startOf(4);
  let from = -1;
  for (let at = 0; at <= length; at++) {
    const code = at < length ? names.charCodeAt(at) : 32;
    if (code >= 97 && code <= 122) {
      if (from < 0) from = at;
      continue;
    }
    if (from >= 0 && at - from > 1) {
      add(hashed(startOf(1), names, from, at));
      if (at - from >= 8) {
        add(hashed(startOf(2), names, from, from + 5));
        add(hashed(startOf(3), names, at - 5, at));
      }
      if (parts > 0) joined = Math.imul(joined ^ 45, fnvPrime);
      joined = hashed(joined, names, from, at);
      parts++;
    }
    from = -1;
    if (!isWhiteSpace(code)) continue;
    if (parts > 1) add(joined);
    parts = 0;
    joined = startOf(4);
  }
  return tokens;
}

/** As `\s` of regular expressions. */
function isWhiteSpace(code: number): boolean {
  return code <= 32
    ? code === 32 || (code >= 9 && code <= 13)
    : code >= 160 && /\s/.test(String.fromCharCode(code));
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

const fnvPrime = 0x01000193;
const startOf = (salt: number): number => 0x811c9dc5 ^ salt;

/** FNV-1a over UTF-16 units, from `at` to `end`. */
function hashed(start: number, text: string, at: number, end: number): number {
  let hash = start;
  for (let unit = at; unit < end; unit++) hash = Math.imul(hash ^ text.charCodeAt(unit), fnvPrime);
  return hash;
}

export function bucketOf(word: string, salt: number): number {
  return bucketOfHash(hashed(startOf(salt), word, 0, word.length), 0);
}

function bucketOfHash(hash: number, salt: number): number {
  const mixed = salt === 0 ? hash : Math.imul(hash ^ salt, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % nameBuckets;
}
