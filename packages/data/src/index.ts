export type {
  ArchiveDamage,
  ArchiveItem,
  ArchiveRecord,
  ReaderReason,
  WebPage,
} from './archive/archive-record.js';
export { type HttpResponse, parseHttpResponse } from './archive/http-message.js';
export { isPageRecord, type PageOutcome, type PageReaderOptions, readPage } from './archive/read-page.js';
export { RecordFramer, type RecordFramerOptions } from './archive/record-framer.js';
export { type DecodedText, type DecodeOptions, decodeText } from './charset/decode-text.js';
export { DuplicateFinder } from './deduplication/duplicate-finder.js';
export {
  createMinhasher,
  type MinhashConfig,
  type Minhasher,
  simplifyText,
} from './deduplication/minhash.js';
export { type Extraction, type ExtractOptions, extractText } from './extraction/extract-text.js';
export { type C4QualityOptions, c4Quality } from './filters/c4-quality.js';
export { type FineWebQualityOptions, fineWebQuality } from './filters/fineweb-quality.js';
export { type GopherQualityOptions, gopherQuality } from './filters/gopher-quality.js';
export { type GopherRepetitionOptions, gopherRepetition } from './filters/gopher-repetition.js';
export { type PiiOptions, type PiiResult, removePii } from './filters/pii.js';
export { createUrlFilter, type UrlFilter, type UrlLists } from './filters/url-filter.js';
export { defaultUrlLists } from './filters/url-lists.js';
export { type FastTextModel, type FastTextPrediction, readFastTextModel } from './language/fasttext-model.js';
export {
  filterLanguage,
  type LanguageFilterOptions,
  type LanguageGuess,
  type LanguageIdentifier,
  type LanguageResult,
} from './language/language-filter.js';
export type { FilterPreset, FilterResult } from './page/verdict.js';
export {
  compareWithTruth,
  type PageDecision,
  type PageTruth,
  type TruthComparison,
  type TruthMiss,
} from './pipeline/compare-with-truth.js';
export {
  createPageSteps,
  type PageStepOptions,
  type PageSteps,
  type StepInput,
  type StepOutcome,
} from './pipeline/fineweb-steps.js';
export { FunnelCounter, type FunnelStep, type StepName, stepNames } from './pipeline/funnel.js';
export { countSentences, englishWords } from './words/english-words.js';
