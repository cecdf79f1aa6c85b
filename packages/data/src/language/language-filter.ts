/**
 * The language filter of FineWeb: a page stays when its most likely language is one of the selected ones with
 * a score above 0.65. The identifier is given; `/node` loads fastText's lid.176. The model sees the text on
 * one line.
 */
import type { PageStep } from '../page/page-step.js';
import { drop, type Verdict } from '../page/verdict.js';

export interface LanguageGuess {
  /** ISO 639-1 code where there is one, as lid.176 writes it: `en`, `de`, `arz`. */
  readonly language: string;
  /** 0…1. */
  readonly score: number;
}

export interface LanguageIdentifier {
  /** Among the options of the step: a run with another identifier does not go on with earlier work. */
  readonly name: string;
  /** The most likely language of one line of text. */
  identify(line: string): LanguageGuess;
}

export interface LanguageFilterOptions {
  readonly identifier: LanguageIdentifier;
  /** Default `['en']`; an empty list keeps every language that scores above the threshold. */
  readonly languages?: readonly string[] | undefined;
  /** Default 0.65. */
  readonly threshold?: number | undefined;
}

export function languageFilter(options: LanguageFilterOptions): PageStep<Verdict> {
  const { identifier, languages = ['en'], threshold = 0.65 } = options;
  return {
    name: 'language',
    options: { identifier: identifier.name, languages, threshold },
    run(page) {
      const { language, score: languageScore } = identifier.identify(page.text.replaceAll('\n', ' '));
      const found = { language, languageScore };
      if (languages.length > 0 && !languages.includes(language)) return drop('not-selected', found);
      return languageScore <= threshold ? drop('low-score', found) : { kind: 'keep', ...found };
    },
  };
}
