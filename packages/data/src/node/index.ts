export { decompressContent } from './archive/content-coding.js';
export { readArchive } from './archive/read-archive.js';
export { detectCharset } from './charset/detect-charset.js';
export type { DataInput } from './inputs/data-input.js';
export { loadLanguageIdentifier } from './language/load-language-identifier.js';
export { runDataPipeline } from './pipeline/run-data-pipeline.js';
export { readShards } from './pipeline/shards.js';
