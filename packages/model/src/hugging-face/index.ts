export { fromHuggingFaceConfig } from './config.js';
export { exportHuggingFace } from './export-model.js';
export { importHuggingFace } from './import-model.js';
export type { SpecialTokenIds } from './special-tokens.js';
