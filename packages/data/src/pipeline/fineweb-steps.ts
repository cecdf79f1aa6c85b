import { type TextExtractionOptions, textExtraction } from '../extraction/text-extraction.js';
import { type C4QualityOptions, c4Quality } from '../filters/c4-quality.js';
import type { FilterPreset } from '../filters/filter-preset.js';
import { type FineWebQualityOptions, fineWebQuality } from '../filters/fineweb-quality.js';
import { type GopherQualityOptions, gopherQuality } from '../filters/gopher-quality.js';
import { type GopherRepetitionOptions, gopherRepetition } from '../filters/gopher-repetition.js';
import { urlFilter } from '../filters/url-filter.js';
import type { UrlLists } from '../filters/url-lists.js';
import { type LanguageFilterOptions, languageFilter } from '../language/language-filter.js';
import type { PageStep } from '../page/page-step.js';
import type { Verdict } from '../page/verdict.js';

/** Options of the single steps; `false` leaves a step out. */
export interface FineWebOptions {
  /** Of every step that has none of its own. Default `datatrove-0.10`. */
  readonly preset?: FilterPreset | undefined;
  /** Default: `defaultUrlLists`. */
  readonly url?: UrlLists | false | undefined;
  readonly extraction?: TextExtractionOptions | undefined;
  readonly language: LanguageFilterOptions | false;
  readonly gopherRepetition?: GopherRepetitionOptions | false | undefined;
  readonly gopherQuality?: GopherQualityOptions | false | undefined;
  readonly c4?: C4QualityOptions | false | undefined;
  readonly fineWeb?: FineWebQualityOptions | false | undefined;
}

/**
 * Everything that happens to one page by itself, in FineWeb's order: `url`, `extraction`, `language`,
 * `gopher-repetition`, `gopher-quality`, `c4`, `fineweb`. Deduplication needs the whole corpus and comes
 * after.
 */
export function fineWebSteps(options: FineWebOptions): PageStep<Verdict>[] {
  const withPreset = <Options extends { readonly preset?: FilterPreset | undefined }>(own?: Options) => ({
    ...own,
    preset: own?.preset ?? options.preset,
  });
  return [
    options.url !== false && urlFilter(options.url),
    textExtraction(options.extraction),
    options.language !== false && languageFilter(options.language),
    options.gopherRepetition !== false && gopherRepetition(withPreset(options.gopherRepetition)),
    options.gopherQuality !== false && gopherQuality(withPreset(options.gopherQuality)),
    options.c4 !== false && c4Quality(options.c4),
    options.fineWeb !== false && fineWebQuality(withPreset(options.fineWeb)),
  ].filter((step) => step !== false);
}
