/**
 * What a stage that trains keeps: checkpoints on the way, with optimizer state, and the finished model
 * without.
 */
import {
  type ArtifactStore,
  emit,
  type JsonValue,
  LlmError,
  type RunEventListener,
  type TrainableModel,
} from '@llm/core';
import { type Checkpoint, loadCheckpoint, type ModelConfig, saveCheckpoint } from '@llm/model';
import { finishedModelFiles } from './model-files.js';

/** Key prefix of a stage's finished model. */
export const modelPrefix = (stage: string): string => `${stage}/model`;
/** Checkpoints are for a resumption: the folder goes when the stage is complete. */
export const checkpointFolder = 'checkpoints';
export const checkpointPrefix = (stage: string): string => `${stage}/${checkpointFolder}`;

/**
 * The newest checkpoint that is whole; each one passed over is warned about. Throws when there are some and
 * none is whole.
 */
export async function newestWholeCheckpoint(
  store: ArtifactStore,
  stage: string,
  onEvent: RunEventListener,
): Promise<Checkpoint | undefined> {
  const prefix = checkpointPrefix(stage);
  if (!(await store.has(`${prefix}/latest.json`))) return undefined;
  const keys = await store.list(`${prefix}/step-`);
  const folders = [...new Set(keys.map((key) => key.slice(0, key.indexOf('/', prefix.length + 1))))];
  let firstError: LlmError | undefined;
  for (const candidate of [prefix, ...folders.sort().reverse()]) {
    try {
      return await loadCheckpoint(store, candidate);
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      // The pointer and the newest folder are the same checkpoint.
      if (error.message === firstError?.message) continue;
      firstError ??= error;
      emit(onEvent, { type: 'warning', stage, code: error.code, message: error.message });
    }
  }
  throw firstError;
}

export async function saveFinishedModel(
  store: ArtifactStore,
  stage: string,
  {
    model,
    config,
    tokenizerJson,
  }: { readonly model: TrainableModel; readonly config: ModelConfig; readonly tokenizerJson: Uint8Array },
  metadata: Readonly<Record<string, JsonValue>>,
): Promise<void> {
  const { stepsTaken, parameters } = await model.snapshot();
  await saveCheckpoint(store, modelPrefix(stage), {
    config,
    snapshot: { stepsTaken, parameters, optimizerState: new Map() },
    ...finishedModelFiles(stage, tokenizerJson),
    metadata,
    keep: 1,
  });
}
