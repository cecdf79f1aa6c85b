import { LlmError } from '@llm/core';
import { type TextExtractionOptions, textExtraction } from '../extraction/text-extraction.js';
import { type C4QualityOptions, c4Quality } from '../filters/c4-quality.js';
import type { FilterPreset } from '../filters/filter-preset.js';
import { type FineWebQualityOptions, fineWebQuality } from '../filters/fineweb-quality.js';
import { type FineWeb2Thresholds, fineWeb2Languages } from '../filters/fineweb2-thresholds.js';
import { type GopherQualityOptions, gopherQuality } from '../filters/gopher-quality.js';
import { type GopherRepetitionOptions, gopherRepetition } from '../filters/gopher-repetition.js';
import { type LicenseFilterOptions, licenseFilter } from '../filters/license-filter.js';
import { urlFilter } from '../filters/url-filter.js';
import type { UrlLists } from '../filters/url-lists.js';
import { type LanguageFilterOptions, languageFilter } from '../language/language-filter.js';
import { checkOptions } from '../page/check-options.js';
import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import type { RuleStep } from '../page/rule-step.js';
import type { Verdict } from '../page/verdict.js';
import { type QualityFilterOptions, qualityFilter } from '../quality/quality-filter.js';
import { textRepair } from '../repair/text-repair.js';
import type { CutWords } from '../words/cut-words.js';
import { lineOptions, qualityOptions, repetitionOptions, stepByLanguage } from './fineweb2-steps.js';

export interface EnglishCutters {
  readonly words: CutWords;
  readonly sentences: CutWords;
}

/** Options of the single steps; `false` leaves a step out. */
export interface FineWebOptions {
  /** Of every step that has none of its own. Default `datatrove-0.10`. */
  readonly preset?: FilterPreset | undefined;
  /**
   * How English is cut. Default: by spaCy's rules, as datatrove 0.10 does it; the FineWeb release was cut by
   * NLTK (`loadNltk` of `/node`).
   */
  readonly english?: EnglishCutters | undefined;
  /** Default: `defaultUrlLists`. */
  readonly url?: UrlLists | false | undefined;
  /**
   * Repair pages that are UTF-8 read in another encoding. Default: where no preset is named; datatrove judges
   * them as they are.
   */
  readonly repair?: boolean | undefined;
  readonly extraction?: TextExtractionOptions | undefined;
  /** Only documents that state one of these licences; behind `extraction`. Default: all. */
  readonly license?: LicenseFilterOptions | undefined;
  readonly language: LanguageFilterOptions | false;
  readonly gopherRepetition?: GopherRepetitionOptions | false | undefined;
  readonly gopherQuality?: GopherQualityOptions | false | undefined;
  readonly c4?: C4QualityOptions | false | undefined;
  readonly fineWeb?: FineWebQualityOptions | false | undefined;
  /** A classifier that comes last, as in FineWeb-Edu. Default: none. */
  readonly quality?: QualityFilterOptions | undefined;
}

/**
 * Everything that happens to one page by itself, in FineWeb's order: `url`, `repair`, `extraction`,
 * `language`, `gopher-repetition`, `gopher-quality`, `c4`, `fineweb`. Deduplication needs the whole corpus
 * and comes after. Where other languages than English are selected and no preset is named, their pages meet
 * the thresholds, stop words and words of FineWeb-2, and no C4; languages it has no figures for here (and
 * all, with a preset) are judged by the rules of English, as datatrove judges them.
 */
export function fineWebSteps(options: FineWebOptions): PageStep[] {
  checkOptions('fineWebSteps', options, {
    ...({ preset: 'text', url: 'object|boolean', extraction: 'object', license: 'object' } as const),
    ...({ language: 'any!', gopherRepetition: 'object|boolean', gopherQuality: 'object|boolean' } as const),
    ...({ c4: 'object|boolean', fineWeb: 'object|boolean', quality: 'object' } as const),
    ...({ english: 'object', repair: 'boolean' } as const),
  });
  const withPreset = <Options extends { readonly preset?: FilterPreset | undefined }>(own?: Options) => ({
    ...own,
    preset: own?.preset ?? options.preset,
  });
  const languages = options.language === false ? ['en'] : (options.language.languages ?? ['en']);
  const english = options.preset !== undefined || (languages.length === 1 && languages[0] === 'en');
  const foreign = (language: string | undefined): FineWeb2Thresholds | undefined =>
    english || language === undefined || language === 'en' ? undefined : fineWeb2Languages.get(language);
  const cut = { language: options.english?.words };
  const forPages = <Options extends object>(
    create: (options?: Options) => RuleStep,
    own: Options,
    elsewhere: (language: string, thresholds: FineWeb2Thresholds) => Options,
  ): PageStep<Verdict> =>
    english
      ? create({ ...cut, ...own })
      : stepByLanguage(
          (language) => {
            const thresholds = foreign(language);
            return create({ ...(thresholds === undefined ? cut : elsewhere(language, thresholds)), ...own });
          },
          ['en', ...languages],
          own,
        );
  if (options.license !== undefined && options.extraction?.metadata === false)
    throw new LlmError({
      code: 'core/option-invalid',
      message:
        'license looks at what pages say of themselves, and extraction.metadata is false. Leave one out.',
      details: { option: 'license' },
    });
  const extraction =
    options.license === undefined ? options.extraction : { ...options.extraction, metadata: true };
  const c4 = options.c4 !== false && c4Quality({ sentences: options.english?.sentences, ...options.c4 });
  return [
    options.url !== false && urlFilter(options.url),
    (options.repair ?? options.preset === undefined) && textRepair({ entities: false }),
    textExtraction(extraction),
    options.license !== undefined && licenseFilter(options.license),
    options.language !== false && languageFilter(options.language),
    options.gopherRepetition !== false &&
      forPages(gopherRepetition, withPreset(options.gopherRepetition), repetitionOptions),
    options.gopherQuality !== false &&
      forPages(gopherQuality, withPreset(options.gopherQuality), qualityOptions),
    c4 &&
      (english
        ? c4
        : { ...c4, mayIdle: true, applies: (page: Page) => foreign(page.language) === undefined }),
    options.fineWeb !== false && forPages(fineWebQuality, withPreset(options.fineWeb), lineOptions),
    options.quality !== undefined && qualityFilter(options.quality),
  ].filter((step) => step !== false);
}
