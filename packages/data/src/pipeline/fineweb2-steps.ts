/**
 * The steps of FineWeb-2 (Penedo et al. 2025): FineWeb's filters with the thresholds, stop words and words of
 * each page's language, without C4's and without the rule for short lines. Its final touches are not here:
 * PII is removed after deduplication, as in FineWeb.
 */

import { LlmError } from '@llm/core';
import { type TextExtractionOptions, textExtraction } from '../extraction/text-extraction.js';
import { type FineWebQualityOptions, fineWebQuality } from '../filters/fineweb-quality.js';
import { type FineWeb2Thresholds, fineWeb2Languages } from '../filters/fineweb2-thresholds.js';
import { type GopherQualityOptions, gopherQuality } from '../filters/gopher-quality.js';
import { type GopherRepetitionOptions, gopherRepetition } from '../filters/gopher-repetition.js';
import { urlFilter } from '../filters/url-filter.js';
import type { UrlLists } from '../filters/url-lists.js';
import { type LanguageIdentifier, languageFilter } from '../language/language-filter.js';
import { checkOptions } from '../page/check-options.js';
import { atLeast, passes } from '../page/measure.js';
import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import type { RuleStep } from '../page/rule-step.js';
import { drop, type Verdict } from '../page/verdict.js';
import { textRepair } from '../repair/text-repair.js';
import { type CutWords, nameOfWords } from '../words/cut-words.js';

export interface FineWeb2Options {
  readonly identifier: LanguageIdentifier;
  /**
   * As the identifier names them (`de`, `deu_Latn`). Default: all that have thresholds; Korean where `words`
   * has a function for it.
   */
  readonly languages?: readonly string[] | undefined;
  /** Of more languages, or in place of FineWeb-2's: see `fineWeb2Thresholds`. */
  readonly thresholds?: Readonly<Record<string, FineWeb2Thresholds>> | undefined;
  /**
   * Functions that cut the words of single languages, as a dictionary does it for Chinese. Default: rules for
   * most, the platform's dictionaries for languages written without blanks.
   */
  readonly words?: Readonly<Record<string, CutWords>> | undefined;
  /** Score a page must have. Default: the language's for labels such as `deu_Latn` (GlotLID), else 0.65. */
  readonly minLanguageScore?: number | undefined;
  readonly url?: UrlLists | false | undefined;
  readonly extraction?: TextExtractionOptions | undefined;
  /** Repair kept texts that are UTF-8 read in another encoding, as FineWeb-2 does. Default true. */
  readonly repair?: boolean | undefined;
}

/**
 * `url`, `extraction`, `language`, `gopher-repetition`, `fineweb`, `gopher-quality`, `repair`. Throws
 * `data/thresholds-missing` for a language that has none, `data/words-unused` for words of one not selected,
 * `data/words-missing` for Korean without any.
 */
export function fineWeb2Steps(options: FineWeb2Options): PageStep<Verdict>[] {
  checkOptions('fineWeb2Steps', options, {
    ...({ identifier: 'object!', languages: 'list', thresholds: 'object', words: 'object' } as const),
    ...({ minLanguageScore: 'number', url: 'object|boolean', extraction: 'object' } as const),
    ...({ repair: 'boolean' } as const),
  });
  const { identifier, thresholds = {}, words = {}, minLanguageScore, url, extraction } = options;
  const { repair = true } = options;
  const known = new Map([...fineWeb2Languages, ...Object.entries(thresholds)]);
  const lacksWords = (language: string): boolean =>
    /^kor?(?:_|$)/.test(language) && words[language] === undefined;
  const languages =
    options.languages ??
    [...known.keys()].filter((name) => (identifier.languages?.includes(name) ?? true) && !lacksWords(name));
  for (const language of languages) {
    if (known.has(language)) continue;
    throw new LlmError({
      code: 'data/thresholds-missing',
      message: `No thresholds are known for "${language}". Give them as thresholds: { ${language}: … } (fineWeb2Thresholds reads FineWeb-2's configs/*.yml). Known: ${[...known.keys()].join(', ')}.`,
      details: { language },
    });
  }
  for (const language of Object.keys(words)) {
    if (languages.includes(language)) continue;
    throw new LlmError({
      code: 'data/words-unused',
      message: `Words are given for "${language}", but its pages are not selected. Name it as the identifier does: ${languages.join(', ')}.`,
      details: { language },
    });
  }
  for (const language of languages) {
    if (!lacksWords(language)) continue;
    throw new LlmError({
      code: 'data/words-missing',
      message: `FineWeb-2's thresholds for Korean count morphemes, and blanks part half as many words: good pages would be dropped. Give a function that cuts them as words: { ${language}: (text) => … }, such as kiwi (npm: kiwi-nlp).`,
      details: { language },
    });
  }
  const language = languageFilter({ identifier, languages, threshold: -1 });
  const scoreOf = (name: string): number =>
    minLanguageScore ?? (name.includes('_') ? known.get(name)!.minLanguageScore : 0.65);
  const recorded = {
    thresholds,
    words: Object.fromEntries(Object.entries(words).map(([name, own]) => [name, nameOfWords(own)])),
  };
  const byLanguage = (step: (words: string | CutWords, thresholds: FineWeb2Thresholds) => RuleStep) =>
    stepByLanguage((name) => step(words[name] ?? name, known.get(name)!), languages, recorded);
  return [
    url !== false && urlFilter(url),
    textExtraction(extraction),
    {
      ...language,
      options: { ...language.options, minLanguageScore, thresholds },
      run(page: Page): Verdict {
        const verdict = language.run(page);
        if (verdict.kind === 'drop') return verdict;
        const { language: name, languageScore } = verdict;
        const score = atLeast('low-score', languageScore!, scoreOf(name!), 'minLanguageScore');
        const found = { language: name, languageScore, measures: [verdict.measures![0]!, score] };
        return passes(score) ? { kind: 'keep', ...found } : drop('low-score', found);
      },
    },
    byLanguage((name, own) => gopherRepetition(repetitionOptions(name, own))),
    byLanguage((name, own) => fineWebQuality(lineOptions(name, own))),
    byLanguage((name, own) => gopherQuality(qualityOptions(name, own))),
    repair && textRepair(),
  ].filter((step) => step !== false);
}

/** A step that is another for each language, made when its first page comes. */
export function stepByLanguage(
  create: (language: string) => RuleStep,
  languages: readonly string[],
  options: object,
): RuleStep {
  const steps = new Map<string, RuleStep>();
  const stepOf = (language: string): RuleStep => {
    let step = steps.get(language);
    if (step === undefined) {
      step = create(language);
      steps.set(language, step);
    }
    return step;
  };
  const { name, version } = stepOf(languages[0]!);
  return {
    name,
    version,
    options: { languages, ...options },
    run: (page) => stepOf(page.language!).run(page),
    measure: (page) => stepOf(page.language!).measure(page),
  };
}

/** No share exceeds 1: what FineWeb-2 leaves out never drops. */
const never = 1;

export function repetitionOptions(
  language: string | CutWords,
  own: FineWeb2Thresholds,
): GopherRepetitionOptions {
  return {
    language,
    duplicateParagraphFraction: never,
    duplicateParagraphCharacterFraction: never,
    duplicateLineCharacterFraction: never,
    duplicateLineFraction: own.maxDuplicateLineShare,
    topGrams: own.topGrams,
    duplicateGrams: own.duplicateGrams,
  };
}

export function lineOptions(language: string | CutWords, own: FineWeb2Thresholds): FineWebQualityOptions {
  return {
    language,
    maxShortLineShare: never,
    maxDuplicateCharacterShare: 0.1,
    minPunctuatedLineShare: own.minPunctuatedLineShare,
    maxNewlinesPerWord: own.maxNewlinesPerWord,
  };
}

export function qualityOptions(language: string | CutWords, own: FineWeb2Thresholds): GopherQualityOptions {
  return {
    language,
    minMeanWordLength: own.minMeanWordLength,
    maxMeanWordLength: own.maxMeanWordLength,
    minAlphabeticShare: own.minAlphabeticShare,
    stopWords: own.stopWords,
  };
}
