export { dequantize } from './blocks/dequantize.js';
export { ggufConfig } from './gguf-config.js';
export { type ImportedGguf, importGguf } from './import-gguf.js';
export { readGgufBlocks } from './read-parameters.js';
export { readGgufTokenizer } from './read-tokenizer.js';
export { artifactSource, type ByteSource, bytesSource } from './reading/byte-source.js';
export type { GgufFile } from './reading/gguf-file.js';
export { openGguf } from './reading/open-gguf.js';
