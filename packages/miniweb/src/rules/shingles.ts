/**
 * Word 5-gram shingles of a text as MinHash deduplication sees it, and their
 * Jaccard similarity, exactly. The text is simplified as datatrove does before
 * hashing: lower case, numbers to 0, punctuation to spaces, no diacritics.
 */
const punctuation =
  /[!/—”:％１〈&(、━\\【#%「」，】；+^\]~“《„';’{|∶´[=\-`*．（–？！：$～«〉,><》)?）。…@_."}►»]/gu;

export function simplify(text: string): string {
  return text
    .toLowerCase()
    .replace(/\p{Nd}+(?:[.,،٫⎖⎗⎘]\p{Nd}+)?/gu, '0')
    .replace(punctuation, ' ')
    .replace(/\s+/gu, ' ')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .trim();
}

/** The word 5-grams of the simplified text; none for fewer than five words. */
export function shingles(text: string): Set<string> {
  const words = simplify(text).split(' ');
  const grams = new Set<string>();
  for (let start = 0; start + 5 <= words.length; start++) grams.add(words.slice(start, start + 5).join(' '));
  return grams;
}

/** |a ∩ b| / |a ∪ b| of the shingle sets; 0 for two texts of fewer than five words. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const gram of a.size < b.size ? a : b) if ((a.size < b.size ? b : a).has(gram)) common++;
  const union = a.size + b.size - common;
  return union === 0 ? 0 : common / union;
}

/**
 * Probability that FineWeb's MinHash (14 buckets of 8 hashes) calls two texts of this similarity duplicates.
 */
export function duplicateProbability(similarity: number): number {
  return 1 - (1 - similarity ** 8) ** 14;
}
