/**
 * The language filter of FineWeb: a page stays when its most likely language is one of the selected ones with
 * a score above 0.65. The identifier is given; `/node` loads fastText's lid.176. The model sees the text on
 * one line. Beyond FineWeb: models have seen little text in capitals (lid.176 takes English for Japanese
 * then), so such a text is asked about again in lower case.
 */
import { LlmError } from '@llm/core';
import { checkOptions } from '../page/check-options.js';
import { above, none, passes } from '../page/measure.js';
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
  /** All that it tells apart, where it knows: a filter for another one would keep nothing. */
  readonly languages?: readonly string[] | undefined;
  /** How sure it is of a language, 0…1, where it tells. */
  readonly scoreOf?: ((line: string, language: string) => number) | undefined;
  /** The most likely language of one line of text. */
  identify(line: string): LanguageGuess;
}

export interface LanguageFilterOptions {
  readonly identifier: LanguageIdentifier;
  /** Default `['en']`; an empty list keeps every language that scores above the threshold. */
  readonly languages?: readonly string[] | undefined;
  /** Default 0.65. */
  readonly threshold?: number | undefined;
  /** Ask again in lower case where most letters are capitals. Default true; FineWeb does not. */
  readonly lowerCapitals?: boolean | undefined;
}

/** UTF-16 units that are looked at to tell whether a text is in capitals. */
const lettersAsked = 2000;

export function languageFilter(options: LanguageFilterOptions): PageStep<Verdict> {
  checkOptions('The step language', options, {
    ...({ identifier: 'object!', languages: 'list', threshold: 'number', lowerCapitals: 'boolean' } as const),
  });
  checkLanguages(options);
  const { identifier, languages = ['en'], threshold = 0.65, lowerCapitals = true } = options;
  return {
    name: 'language',
    options: { identifier: identifier.name, languages, threshold, lowerCapitals },
    run(page) {
      const line = page.text.replaceAll('\n', ' ');
      let guess = identifier.identify(line);
      if (lowerCapitals && isInCapitals(line)) {
        const lowered = identifier.identify(line.toLowerCase());
        if (lowered.score > guess.score) guess = lowered;
      }
      const { language, score: languageScore } = guess;
      const selected = languages.length === 0 || languages.includes(language);
      const score = above('low-score', languageScore, threshold, 'threshold');
      const found = { language, languageScore, measures: [none('not-selected', selected ? 0 : 1), score] };
      if (!selected) return drop('not-selected', found);
      return passes(score) ? { kind: 'keep', ...found } : drop('low-score', found);
    },
  };
}

/** Throws `data/language-unknown`. */
function checkLanguages({ identifier, languages = [] }: LanguageFilterOptions): void {
  const { name, languages: all } = identifier;
  const strange = all === undefined ? undefined : languages.find((language) => !all.includes(language));
  if (strange === undefined || all === undefined) return;
  const like = all.filter((one) => one.slice(0, 2).toLowerCase() === strange.slice(0, 2).toLowerCase());
  throw new LlmError({
    code: 'data/language-unknown',
    message: `${name} knows no language "${strange}", so that no page would be kept for it. It writes them as ${(like.length > 0 ? like : all).slice(0, 8).join(', ')}, ….`,
    details: { language: strange, identifier: name },
  });
}

/** More capitals than small letters at the beginning; scripts without case have neither. */
function isInCapitals(text: string): boolean {
  const beginning = text.slice(0, lettersAsked);
  const capitals = beginning.match(/\p{Lu}/gu)?.length ?? 0;
  return capitals > 0 && capitals > (beginning.match(/\p{Ll}/gu)?.length ?? 0);
}
