export type { GgufOptions } from '../gguf/write-gguf.js';
export { ggufParts, writeGguf } from '../gguf/write-gguf.js';
export { exportOnnx } from './onnx/export-onnx.js';
