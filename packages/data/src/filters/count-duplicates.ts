import { codePointLength } from '../words/python-text.js';

/** How many elements were seen before, and how many code points they have. */
export function countDuplicates(elements: readonly string[]): { elements: number; characters: number } {
  const seen = new Set<string>();
  let count = 0;
  let characters = 0;
  for (const element of elements) {
    if (seen.has(element)) {
      count++;
      characters += codePointLength(element);
    } else seen.add(element);
  }
  return { elements: count, characters };
}
