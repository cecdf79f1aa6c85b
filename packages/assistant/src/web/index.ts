export type { DownloadPlan } from '../loading/download-store.js';
export type { LoadModelOptions, StoredModel } from './load-model.js';
export { loadModel } from './load-model.js';
