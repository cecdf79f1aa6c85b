export { decompressContent } from './content-coding.js';
export type { DataReport } from './data-report.js';
export { detectCharset } from './detect-charset.js';
export { loadLanguageIdentifier } from './fasttext-language.js';
export type { DataInput, InputLimits } from './input-items.js';
export { type DataPipelineOptions, runDataPipeline } from './run-data-pipeline.js';
export { readShards } from './shards.js';
export { type ReadArchiveOptions, readArchive } from './warc-reader.js';
