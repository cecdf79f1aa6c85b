/** What `pretrain` calls to keep checkpoints: the last few, and the best by held-out loss. */
import type { ArtifactStore, TrainableModel } from '@llm/core';
import { recordHeldOutLoss, type SaveCheckpointOptions, saveCheckpoint } from './checkpoint/checkpoint.js';
import type { PretrainLoopOptions } from './pretrain.js';

export type CheckpointHooksOptions = Omit<SaveCheckpointOptions, 'snapshot' | 'feedPosition'> & {
  readonly model: TrainableModel;
};

/** `pretrain({ …, ...checkpointHooks(store, 'base', { model, config }) })`. Evaluate at steps that are saved. */
export function checkpointHooks(
  store: ArtifactStore,
  prefix: string,
  { model, ...options }: CheckpointHooksOptions,
): {
  readonly onCheckpoint: NonNullable<PretrainLoopOptions['onCheckpoint']>;
  readonly onEvaluation: NonNullable<PretrainLoopOptions['onEvaluation']>;
} {
  let saved = -1;
  return {
    onCheckpoint: async (step, feedPosition) => {
      const key = await saveCheckpoint(store, prefix, {
        ...options,
        snapshot: await model.snapshot(),
        feedPosition,
      });
      saved = step;
      return key;
    },
    onEvaluation: async (step, bitsPerByte) => {
      if (step === saved) await recordHeldOutLoss(store, prefix, step, bitsPerByte);
    },
  };
}
