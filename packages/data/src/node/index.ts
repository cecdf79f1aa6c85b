export { decompressContent } from './archive/content-coding.js';
export { type ReadArchiveOptions, readArchive } from './archive/read-archive.js';
export { detectCharset } from './charset/detect-charset.js';
export type { DataInput, InputLimits } from './inputs/read-input.js';
export { loadLanguageIdentifier } from './language/load-language-identifier.js';
export type { DataReport } from './pipeline/data-report.js';
export { type DataPipelineOptions, runDataPipeline } from './pipeline/run-data-pipeline.js';
export { readShards } from './pipeline/shards.js';
