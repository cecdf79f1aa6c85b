export type { LoadModelOptions } from './load-model.js';
export { loadModel } from './load-model.js';
