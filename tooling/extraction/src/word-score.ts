/**
 * The score of the Web Content Extraction Benchmark (WCXB): words are `\w+` in lower case, precision, recall
 * and F1 are those of the two bags of words.
 */

export interface WordScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** As Python's `re.findall(r'\w+', text.lower())`. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

export function wordScore(found: string, expected: string): WordScore {
  const counts = new Map<string, number>();
  const wanted = wordsOf(expected);
  for (const word of wanted) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = wordsOf(found);
  let common = 0;
  for (const word of words) {
    const left = counts.get(word) ?? 0;
    if (left === 0) continue;
    common++;
    counts.set(word, left - 1);
  }
  const precision = words.length === 0 ? 0 : common / words.length;
  const recall = wanted.length === 0 ? 0 : common / wanted.length;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}
