/**
 * Runs a training loop so that it can be stopped anywhere: restores the newest checkpoint that is whole, saves
 * on the loop's request, saves once more when it is interrupted between steps.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonValue, LlmError, type TrainableModel } from '@llm/core';
import { type Checkpoint, loadCheckpoint, type ModelConfig, saveCheckpoint } from '@llm/model';
import type { StageContext } from '../run/stage-engine.js';

export interface TrainingRun {
  readonly context: StageContext;
  readonly stage: string;
  readonly model: TrainableModel;
  readonly config: ModelConfig;
  readonly tokenizerJson: Uint8Array;
  readonly steps: number;
  /** Trains from `model.stepsTaken` to `steps`. */
  readonly train: (onCheckpoint: () => Promise<void>) => Promise<unknown>;
}

/** Key prefix of a stage's finished model. */
export const modelPrefix = (stage: string): string => `${stage}/model`;
const checkpointPrefix = (stage: string): string => `${stage}/checkpoints`;

export async function trainWithCheckpoints(run: TrainingRun): Promise<void> {
  const { context, model, stage } = run;
  const checkpoint = await newestWholeCheckpoint(context, stage);
  if (checkpoint !== undefined) await model.restore(checkpoint.snapshot);
  let saved = model.stepsTaken;
  const save = async (): Promise<void> => {
    if (saved === model.stepsTaken) return;
    await saveCheckpoint(context.store, checkpointPrefix(stage), {
      config: run.config,
      snapshot: await model.snapshot(),
    });
    saved = model.stepsTaken;
  };
  try {
    await run.train(save);
  } catch (error) {
    if (context.signal.aborted) await save();
    throw error;
  }
  await save();
}

/** The finished model, without the optimizer's state. */
export async function saveFinishedModel(
  run: TrainingRun,
  metadata: Record<string, JsonValue>,
): Promise<void> {
  const { store } = run.context;
  const { stepsTaken, parameters } = await run.model.snapshot();
  await saveCheckpoint(store, modelPrefix(run.stage), {
    config: run.config,
    snapshot: { stepsTaken, parameters, optimizerState: new Map() },
    tokenizerFiles: { 'tokenizer.json': run.tokenizerJson },
    metadata,
    keep: 1,
  });
}

/** Once a stage is complete, the checkpoints of the way there (with optimizer state) are no longer needed. */
export function deleteCheckpoints(runDirectory: string, stage: string): Promise<void> {
  return rm(join(runDirectory, stage, 'checkpoints'), { recursive: true, force: true });
}

async function newestWholeCheckpoint(context: StageContext, stage: string): Promise<Checkpoint | undefined> {
  const { store, onEvent } = context;
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
      onEvent({ type: 'warning', stage, time: Date.now(), code: error.code, message: error.message });
    }
  }
  throw firstError;
}
