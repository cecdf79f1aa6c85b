/** Something that answers as a model: in a worker of the page, or on the server that the page came from. */
import { WorkerCalls } from '../workers/worker-calls.js';
import workerAddress from './model.worker.ts?worker&url';
import type { ModelCalls, ModelSource } from './model-calls.js';
import { ServedModel } from './served-model.js';

export type OpenedModel = Pick<WorkerCalls<ModelCalls>, 'call' | 'stop'>;

export const openModel = (source: ModelSource): OpenedModel =>
  source.kind === 'server' ? new ServedModel(source.model) : new WorkerCalls<ModelCalls>(workerAddress);
