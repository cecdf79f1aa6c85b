/**
 * Everything that happens to one page by itself, in FineWeb's order: URL filter, text extraction, language, Gopher
 * repetition, Gopher quality, C4, FineWeb filters. Deduplication needs the whole corpus and comes after.
 */

import { type ExtractOptions, extractText } from '../extraction/extract-text.js';
import { type C4QualityOptions, c4Quality } from '../filters/c4-quality.js';
import { type FineWebQualityOptions, fineWebQuality } from '../filters/fineweb-quality.js';
import { type GopherQualityOptions, gopherQuality } from '../filters/gopher-quality.js';
import { type GopherRepetitionOptions, gopherRepetition } from '../filters/gopher-repetition.js';
import { createUrlFilter, type UrlLists } from '../filters/url-filter.js';
import { defaultUrlLists } from '../filters/url-lists.js';
import {
  filterLanguage,
  type LanguageFilterOptions,
  type LanguageIdentifier,
} from '../language/language-filter.js';
import type { FilterPreset, FilterResult } from '../page/verdict.js';
import type { FunnelCounter, StepName } from './funnel.js';

/** Options of the single steps; `false` switches a step off. All are plain data. */
export interface PageStepOptions {
  /** Default `datatrove-0.10`. */
  readonly preset?: FilterPreset | undefined;
  readonly url?: UrlLists | false | undefined;
  readonly extraction?: ExtractOptions | undefined;
  readonly language?: LanguageFilterOptions | false | undefined;
  readonly gopherRepetition?: GopherRepetitionOptions | false | undefined;
  readonly gopherQuality?: GopherQualityOptions | false | undefined;
  readonly c4?: C4QualityOptions | false | undefined;
  readonly fineWeb?: FineWebQualityOptions | false | undefined;
}

/** A page (with HTML) or a document (with text) on its way. */
export interface StepInput {
  readonly url: string;
  readonly content: string;
  readonly contentType: 'text/html' | 'text/plain';
}

export type StepOutcome =
  | {
      readonly kind: 'kept';
      readonly text: string;
      readonly title: string;
      readonly language?: string | undefined;
      readonly languageScore?: number | undefined;
    }
  | {
      readonly kind: 'dropped';
      readonly step: StepName;
      readonly reason: string;
      readonly language?: string | undefined;
    };

export type PageSteps = (input: StepInput, funnel?: FunnelCounter) => StepOutcome;

/** Prepares the steps once; the result is a pure function of the page. */
export function createPageSteps(
  options: PageStepOptions,
  identifier: LanguageIdentifier | undefined,
): PageSteps {
  const urlFilter = options.url === false ? undefined : createUrlFilter(options.url ?? defaultUrlLists);
  const preset = options.preset ?? 'datatrove-0.10';
  const filters: { step: StepName; run: (text: string) => FilterResult }[] = [];
  const add = <Options extends object>(
    step: StepName,
    given: Options | false | undefined,
    run: (text: string, stepOptions: Options & { preset: FilterPreset }) => FilterResult,
  ): void => {
    if (given === false) return;
    const stepOptions = { preset, ...given } as Options & { preset: FilterPreset };
    filters.push({ step, run: (text) => run(text, stepOptions) });
  };
  add('gopher-repetition', options.gopherRepetition, gopherRepetition);
  add('gopher-quality', options.gopherQuality, gopherQuality);
  add('c4', options.c4, c4Quality);
  add('fineweb', options.fineWeb, fineWebQuality);

  return (input, funnel) => {
    const dropped = (step: StepName, reason: string, language?: string): StepOutcome => {
      funnel?.count(step, reason);
      return { kind: 'dropped', step, reason, ...(language === undefined ? {} : { language }) };
    };
    if (urlFilter !== undefined && input.url !== '') {
      const result = urlFilter(input.url);
      if (result.kind === 'drop') return dropped('url', result.reason);
      funnel?.count('url');
    }
    let text = input.content;
    let title = '';
    if (input.contentType === 'text/html') {
      const extraction = extractText(text, options.extraction);
      if (extraction.kind === 'dropped') return dropped('extraction', extraction.reason);
      funnel?.count('extraction');
      text = extraction.text;
      title = extraction.title;
    } else if (text.trim() === '') return dropped('extraction', 'empty');
    let language: { language: string; languageScore: number } | undefined;
    if (options.language !== false && identifier !== undefined) {
      const guess = filterLanguage(text, identifier, options.language);
      if (guess.kind === 'drop') return dropped('language', guess.reason, guess.language);
      funnel?.count('language');
      language = { language: guess.language, languageScore: guess.score };
    }
    for (const { step, run } of filters) {
      const result = run(text);
      if (result.kind === 'drop') return dropped(step, result.reason, language?.language);
      funnel?.count(step);
      text = result.text;
    }
    return { kind: 'kept', text, title, ...language };
  };
}
