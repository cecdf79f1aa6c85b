/**
 * A search over documents in memory as a tool: BM25 (Robertson and Zaragoza 2009; k₁ 1.2, b 0.75), the best
 * passages with their titles. An answer that has to be looked up instead of remembered.
 */
import type { Tool } from '@llm/core';
import { checkNumbers } from '@llm/core';

export interface SearchDocument {
  readonly title: string;
  readonly text: string;
}

export interface SearchToolOptions {
  /** Documents of an answer. Default 1. */
  readonly results?: number | undefined;
  /** Characters of each. Default 300. */
  readonly length?: number | undefined;
  /** Default `search`. */
  readonly name?: string | undefined;
}

const terms = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Throws `core/option-invalid`. Bad input is an answer: `error: …`. */
export function createSearchTool(
  documents: readonly SearchDocument[],
  options: SearchToolOptions = {},
): Tool {
  const count = { minimum: 1, integer: true };
  checkNumbers(options, { results: count, length: count });
  const { results = 1, length = 300, name = 'search' } = options;
  const lengths = documents.map(() => 0);
  /** term → (document, times) */
  const index = new Map<string, Map<number, number>>();
  for (const [document, { title, text }] of documents.entries())
    for (const term of terms(`${title} ${text}`)) {
      lengths[document]!++;
      const places = index.get(term) ?? new Map<number, number>();
      places.set(document, (places.get(document) ?? 0) + 1);
      index.set(term, places);
    }
  const mean = lengths.reduce((sum, each) => sum + each, 0) / Math.max(1, documents.length);
  return {
    name,
    call: (input) => {
      const wanted = new Set(terms(input));
      if (wanted.size === 0) return 'error: nothing to search for';
      const scores = new Map<number, number>();
      for (const term of wanted) {
        const places = index.get(term);
        if (places === undefined) continue;
        const rarity = Math.log(1 + (documents.length - places.size + 0.5) / (places.size + 0.5));
        for (const [document, times] of places) {
          const norm = 1.2 * (0.25 + (0.75 * lengths[document]!) / mean);
          scores.set(document, (scores.get(document) ?? 0) + (rarity * times * 2.2) / (times + norm));
        }
      }
      if (scores.size === 0) return 'error: nothing found';
      const best = [...scores].sort(([a, x], [b, y]) => y - x || a - b).slice(0, results);
      return best
        .map(([document]) => `${documents[document]!.title}: ${documents[document]!.text.slice(0, length)}`)
        .join('\n');
    },
  };
}
