export { type C4QualityOptions, c4Quality } from './c4-quality.js';
export { type DecodedText, type DecodeOptions, decodeText } from './charset.js';
export { DuplicateFinder } from './duplicate-clusters.js';
export { countSentences, englishWords } from './english-words.js';
export { type Extraction, type ExtractOptions, extractText } from './extraction/extract-text.js';
export { type FastTextModel, type FastTextPrediction, readFastTextModel } from './fasttext-model.js';
export type { FilterPreset, FilterResult } from './filter.js';
export { type FineWebQualityOptions, fineWebQuality } from './fineweb-quality.js';
export { FunnelCounter, type FunnelStep, type StepName, stepNames } from './funnel.js';
export { type GopherQualityOptions, gopherQuality } from './gopher-quality.js';
export { type GopherRepetitionOptions, gopherRepetition } from './gopher-repetition.js';
export { type HttpResponse, parseHttpResponse } from './http-message.js';
export {
  filterLanguage,
  type LanguageFilterOptions,
  type LanguageGuess,
  type LanguageIdentifier,
  type LanguageResult,
} from './language.js';
export { createMinhasher, type MinhashConfig, type Minhasher, simplifyText } from './minhash.js';
export { isPageRecord, type PageOutcome, type PageReaderOptions, readPage } from './page-reader.js';
export {
  createPageSteps,
  type PageStepOptions,
  type PageSteps,
  type StepInput,
  type StepOutcome,
} from './page-steps.js';
export { type PiiOptions, type PiiResult, removePii } from './pii.js';
export type { ArchiveDamage, ArchiveItem, ArchiveRecord, ReaderReason, WebPage } from './record.js';
export { RecordFramer, type RecordFramerOptions } from './record-framer.js';
export {
  compareWithTruth,
  type PageDecision,
  type PageTruth,
  type TruthComparison,
  type TruthMiss,
} from './truth.js';
export { createUrlFilter, type UrlFilter, type UrlLists } from './url-filter.js';
export { defaultUrlLists } from './url-lists.js';
