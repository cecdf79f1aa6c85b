export type { LoadedModel } from '../loading/loaded-model.js';
export type { LoadModelOptions } from './load-model.js';
export { loadModel } from './load-model.js';
export type { ReadModelOptions } from './read-model.js';
export { readModel } from './read-model.js';
