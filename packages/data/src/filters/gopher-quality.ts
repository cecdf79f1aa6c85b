/**
 * Gopher's quality filter (Rae et al. 2021) as datatrove 0.10 computes it. `fineweb-v1` counts occurrences of
 * stop words instead of distinct ones, as the FineWeb release did. Rules are tested in datatrove's order.
 */

import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import { symbolCharacters } from '../words/punctuation.js';
import { codePointLength, countOccurrences, stripEnd, stripStart } from '../words/python-text.js';
import type { FilterPreset } from './filter-preset.js';

export interface GopherQualityOptions {
  readonly preset?: FilterPreset | undefined;
  /** Whose rules cut the words: ISO 639-1 or `deu_Latn`. Default English. */
  readonly language?: string | undefined;
  /** Words that are not punctuation: default 50 … 100,000. */
  readonly minWords?: number | undefined;
  readonly maxWords?: number | undefined;
  /** Mean length of those words in code points: default 3 … 10. */
  readonly minMeanWordLength?: number | undefined;
  readonly maxMeanWordLength?: number | undefined;
  /** `#` or ellipses per word: default 0.1. */
  readonly maxSymbolShare?: number | undefined;
  readonly maxBulletLineShare?: number | undefined;
  readonly maxEllipsisLineShare?: number | undefined;
  /** Words with a letter: default 0.8. */
  readonly minAlphabeticShare?: number | undefined;
  readonly minStopWords?: number | undefined;
  readonly stopWords?: readonly string[] | undefined;
}

const englishStopWords = ['the', 'be', 'to', 'of', 'and', 'that', 'have', 'with'];
const hasLetter = /\p{L}/u;

export function gopherQuality(options: GopherQualityOptions = {}): PageStep<Verdict> {
  const language = options.language ?? 'en';
  const stopWords = new Set(options.stopWords ?? englishStopWords);
  const maxSymbolShare = options.maxSymbolShare ?? 0.1;
  return {
    name: 'gopher-quality',
    options,
    run(page) {
      const { text, lines } = page;
      const words = page.wordsIn(language);
      let realWords = 0;
      let realCharacters = 0;
      let alphabeticWords = 0;
      for (const word of words) {
        const alphabetic = hasLetter.test(word);
        if (alphabetic) alphabeticWords++;
        // No letter is a symbol.
        if (!alphabetic && [...word].every((character) => symbolCharacters.has(character))) continue;
        realWords++;
        realCharacters += codePointLength(word);
      }
      if (realWords < (options.minWords ?? 50)) return drop('gopher_short_doc');
      if (realWords > (options.maxWords ?? 100_000)) return drop('gopher_long_doc');
      const meanLength = realCharacters / realWords;
      if (meanLength < (options.minMeanWordLength ?? 3)) return drop('gopher_below_avg_threshold');
      if (meanLength > (options.maxMeanWordLength ?? 10)) return drop('gopher_above_avg_threshold');
      if (countOccurrences(text, '#') / words.length > maxSymbolShare) return drop('gopher_too_many_hashes');
      const ellipses = countOccurrences(text, '...') + countOccurrences(text, '…');
      if (ellipses / words.length > maxSymbolShare) return drop('gopher_too_many_ellipsis');
      let bullets = 0;
      let cut = 0;
      for (const line of lines) {
        const start = stripStart(line);
        if (start.startsWith('•') || start.startsWith('-')) bullets++;
        const end = stripEnd(line);
        if (end.endsWith('...') || end.endsWith('…')) cut++;
      }
      if (bullets / lines.length > (options.maxBulletLineShare ?? 0.9))
        return drop('gopher_too_many_bullets');
      if (cut / lines.length > (options.maxEllipsisLineShare ?? 0.3))
        return drop('gopher_too_many_end_ellipsis');
      if (alphabeticWords / words.length < (options.minAlphabeticShare ?? 0.8))
        return drop('gopher_below_alpha_threshold');
      const found = words.filter((word) => stopWords.has(word));
      const stops = options.preset === 'fineweb-v1' ? found.length : new Set(found).size;
      return stops < (options.minStopWords ?? 2) ? drop('gopher_enough_stop_words') : keep;
    },
  };
}
