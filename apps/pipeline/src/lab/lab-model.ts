/** Small models of an experiment: opened to be trained, kept when another part begins from them. */
import type { ArtifactStore, NamedTensor } from '@llm/core';
import type { Objective } from '@llm/graph';
import {
  createModelConfig,
  createTransformer,
  hasCheckpoint,
  loadCheckpoint,
  type ModelConfig,
  type Optimizer,
  type Transformer,
} from '@llm/model';
import { executorWith, type Language, type OpenModel } from '../models/open-model.js';
import { modelPrefix, saveFinishedModel } from '../models/stage-checkpoints.js';

export type LabSizes = {
  readonly depth: number;
  readonly width: number;
  readonly headWidth: number;
  readonly contextLength: number;
};

export interface OpenLabModel {
  readonly sizes: LabSizes;
  readonly language: Language;
  readonly threads: number;
  readonly seed: number;
  readonly optimizer: Optimizer;
  readonly objective?: Objective | undefined;
  /** Where to begin. Default: weights that `seed` draws. */
  readonly parameters?: ReadonlyMap<string, NamedTensor> | undefined;
  /** One number a position in the place of the next token: a reward model. */
  readonly scalarHead?: boolean | undefined;
}

export async function openLabModel(options: OpenLabModel): Promise<OpenModel> {
  const { sizes, language, threads, seed, optimizer, objective, parameters, scalarHead } = options;
  const config: ModelConfig = createModelConfig({
    ...sizes,
    vocabularySize: language.tokenizer.vocabularySize,
    ...(scalarHead && { scalarHead }),
  });
  // Imitation has batches of one shape; answers to practise on, and pairs of them, have many.
  const executor = executorWith(threads, objective === undefined ? 'fast' : 'compact');
  const model: Transformer = await createTransformer({
    config,
    executor,
    seed,
    optimizer,
    objective,
    parameters,
  });
  return { ...language, model, config };
}

/** Kept whole under `NAME/model`, so that `llm chat --model` opens it. */
export function keepModel(store: ArtifactStore, name: string, opened: OpenModel): Promise<void> {
  return saveFinishedModel(store, name, opened, { experiment: name });
}

export async function keptParameters(
  store: ArtifactStore,
  name: string,
): Promise<ReadonlyMap<string, NamedTensor>> {
  return (await loadCheckpoint(store, modelPrefix(name))).snapshot.parameters;
}

export const hasKeptModel = (store: ArtifactStore, name: string): Promise<boolean> =>
  hasCheckpoint(store, modelPrefix(name));
