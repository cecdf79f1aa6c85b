/** Short words to spell, by the place they are met in. */
import { splitList } from '../patterns/split-list.js';
import texts from '../texts/content/spelling-words.json' with { type: 'json' };

export interface SpellingWord {
  readonly word: string;
  /** "in the kitchen" */
  readonly where: string;
}

export const spellingWords: readonly SpellingWord[] = Object.entries(texts.places)
  .flatMap(([where, list]) => splitList(list).map((word) => ({ word, where })))
  .filter((entry, index, all) => all.findIndex((other) => other.word === entry.word) === index);

/** "cat" → "c-a-t" */
export function spelled(word: string): string {
  return [...word].join('-');
}
