export { dequantize } from './blocks/dequantize.js';
export type { GgufBlocks } from './blocks/gguf-blocks.js';
export { ggufConfig } from './gguf-config.js';
export type { GgufTokenizer } from './gguf-tokenizer.js';
export { type ImportedGguf, importGguf } from './import-gguf.js';
export { readGgufBlocks } from './read-parameters.js';
export { readGgufSpecialTokens, readGgufTokenizer } from './read-tokenizer.js';
export { artifactSource, type ByteSource, bytesSource } from './reading/byte-source.js';
export { type GgufFile, openGguf } from './reading/open-gguf.js';
