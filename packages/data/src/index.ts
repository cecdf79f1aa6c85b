export { readPage } from './archive/read-page.js';
export { RecordFramer } from './archive/record-framer.js';
export { readWat } from './archive/wat-metadata.js';
export { decodeText } from './charset/decode-text.js';
export { DuplicateFinder } from './deduplication/duplicate-finder.js';
export { createMinhasher } from './deduplication/minhash.js';
export { extractText } from './extraction/extract-text.js';
export { textExtraction } from './extraction/text-extraction.js';
export { c4Quality } from './filters/c4-quality.js';
export { fineWebQuality } from './filters/fineweb-quality.js';
export { fineWeb2Thresholds } from './filters/fineweb2-thresholds.js';
export { gopherQuality } from './filters/gopher-quality.js';
export { gopherRepetition } from './filters/gopher-repetition.js';
export { licenseFilter } from './filters/license-filter.js';
export { removePii } from './filters/pii.js';
export { urlFilter } from './filters/url-filter.js';
export { defaultUrlLists } from './filters/url-lists.js';
export { type LanguageIdentifier, languageFilter } from './language/language-filter.js';
export { type Measure, passes } from './page/measure.js';
export { Page } from './page/page.js';
export type { PageStep } from './page/page-step.js';
export { drop, keep, type Verdict } from './page/verdict.js';
export {
  compareWithTruth,
  type PageDecision,
  type PageTruth,
  type TruthMiss,
} from './pipeline/compare-with-truth.js';
export { explainPage, type PageExplanation } from './pipeline/explain-page.js';
export { fineWebSteps } from './pipeline/fineweb-steps.js';
export { fineWeb2Steps } from './pipeline/fineweb2-steps.js';
export { StepRunner } from './pipeline/step-runner.js';
export { fineWebEdu, qualityFilter } from './quality/quality-filter.js';
export { repairText } from './repair/repair-text.js';
export { textRepair } from './repair/text-repair.js';
export { robotsVerdict } from './robots/robots-rules.js';
export { sampleDocuments } from './sampling/sample-documents.js';
export { burmeseWords } from './words/crf/burmese-words.js';
export { CrfTagger } from './words/crf/crf-tagger.js';
export { vietnameseWords } from './words/crf/vietnamese-words.js';
export { laoWords } from './words/dictionaries/lao-words.js';
export { thaiWords } from './words/dictionaries/thai-words.js';
