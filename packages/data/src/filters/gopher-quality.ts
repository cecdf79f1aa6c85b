/**
 * Gopher's quality filter (Rae et al. 2021) as datatrove 0.10 computes it. `fineweb-v1` counts occurrences of
 * stop words instead of distinct ones and knows fewer symbols, as the FineWeb release did. Rules are tested
 * in datatrove's order.
 */

import { atLeast, atMost } from '../page/measure.js';
import { type RuleStep, ruleStep } from '../page/rule-step.js';
import { type CutWords, nameOfWords } from '../words/cut-words.js';
import { releaseSymbolCharacters, symbolCharacters } from '../words/punctuation.js';
import { codePointLength, countOccurrences, stripEnd, stripStart } from '../words/python-text.js';
import type { FilterPreset } from './filter-preset.js';
import { withDefaults } from './with-defaults.js';

export interface GopherQualityOptions {
  readonly preset?: FilterPreset | undefined;
  /** Whose rules cut the words, ISO 639-1 or `deu_Latn`, or a function that cuts them. Default English. */
  readonly language?: string | CutWords | undefined;
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

type Settings = { readonly [Name in keyof GopherQualityOptions]-?: NonNullable<GopherQualityOptions[Name]> };

const defaults: Settings = {
  preset: 'datatrove-0.10',
  language: 'en',
  minWords: 50,
  maxWords: 100_000,
  minMeanWordLength: 3,
  maxMeanWordLength: 10,
  maxSymbolShare: 0.1,
  maxBulletLineShare: 0.9,
  maxEllipsisLineShare: 0.3,
  minAlphabeticShare: 0.8,
  minStopWords: 2,
  stopWords: ['the', 'be', 'to', 'of', 'and', 'that', 'have', 'with'],
};
const anyLetter = /\p{L}/u;

/** Most words begin with a letter of ASCII. */
function hasLetter(word: string): boolean {
  const first = word.charCodeAt(0) | 32;
  return (first >= 97 && first <= 122) || anyLetter.test(word);
}

export function gopherQuality(options: GopherQualityOptions = {}): RuleStep {
  const settings = withDefaults('gopher-quality', defaults, options);
  const { maxSymbolShare } = settings;
  const stopWords = new Set(settings.stopWords);
  const symbols = settings.preset === 'fineweb-v1' ? releaseSymbolCharacters : symbolCharacters;
  return ruleStep({
    name: 'gopher-quality',
    options: { ...settings, language: nameOfWords(settings.language) },
    *measure(page) {
      const { text, lines } = page;
      const words = page.wordsIn(settings.language);
      let realWords = 0;
      let realCharacters = 0;
      let alphabeticWords = 0;
      for (const word of words) {
        const alphabetic = hasLetter(word);
        if (alphabetic) alphabeticWords++;
        // No letter is a symbol.
        if (!alphabetic && [...word].every((character) => symbols.has(character))) continue;
        realWords++;
        realCharacters += codePointLength(word);
      }
      yield atLeast('gopher_short_doc', realWords, settings.minWords, 'minWords');
      yield atMost('gopher_long_doc', realWords, settings.maxWords, 'maxWords');
      const meanLength = realCharacters / realWords;
      const { minMeanWordLength, maxMeanWordLength } = settings;
      yield atLeast('gopher_below_avg_threshold', meanLength, minMeanWordLength, 'minMeanWordLength');
      yield atMost('gopher_above_avg_threshold', meanLength, maxMeanWordLength, 'maxMeanWordLength');
      const hashes = countOccurrences(text, '#') / words.length;
      yield atMost('gopher_too_many_hashes', hashes, maxSymbolShare, 'maxSymbolShare');
      const ellipses = countOccurrences(text, '...') + countOccurrences(text, '…');
      yield atMost('gopher_too_many_ellipsis', ellipses / words.length, maxSymbolShare, 'maxSymbolShare');
      let bullets = 0;
      let cut = 0;
      for (const line of lines) {
        const start = stripStart(line);
        if (start.startsWith('•') || start.startsWith('-')) bullets++;
        const end = stripEnd(line);
        if (end.endsWith('...') || end.endsWith('…')) cut++;
      }
      const { maxBulletLineShare, maxEllipsisLineShare, minAlphabeticShare } = settings;
      yield atMost(
        'gopher_too_many_bullets',
        bullets / lines.length,
        maxBulletLineShare,
        'maxBulletLineShare',
      );
      yield atMost(
        'gopher_too_many_end_ellipsis',
        cut / lines.length,
        maxEllipsisLineShare,
        'maxEllipsisLineShare',
      );
      yield atLeast(
        'gopher_below_alpha_threshold',
        alphabeticWords / words.length,
        minAlphabeticShare,
        'minAlphabeticShare',
      );
      const found = words.filter((word) => stopWords.has(word));
      const stops = settings.preset === 'fineweb-v1' ? found.length : new Set(found).size;
      yield atLeast('gopher_enough_stop_words', stops, settings.minStopWords, 'minStopWords');
      return undefined;
    },
  });
}
