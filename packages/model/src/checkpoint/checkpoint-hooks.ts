/** What a training loop calls to keep checkpoints: the last few, and the best by held-out loss. */
import type { ArtifactStore, TrainableModel } from '@llm/core';
import type { Metrics } from '@llm/core/training';
import type { FeedPosition } from '../feed/batch-feed.js';
import { recordHeldOutLoss, type SaveCheckpointOptions, saveCheckpoint } from './save-checkpoint.js';

export type CheckpointHooksOptions = Omit<SaveCheckpointOptions, 'snapshot' | 'feedPosition'> & {
  readonly model: TrainableModel;
  /** Metric whose lowest value tells the best checkpoint. Default: `bits_per_byte`, else `eval_loss`. */
  readonly bestBy?: string | undefined;
};

export interface CheckpointHooks {
  readonly onCheckpoint: (step: number, feedPosition?: FeedPosition) => Promise<string>;
  readonly onEvaluation: (step: number, values: Metrics) => Promise<void>;
}

/**
 * `pretrain({ …, ...checkpointHooks(store, 'base', { model, config }) })`; `fineTune` and the loops of
 * `@llm/rl` take them too. Evaluate at steps that are saved.
 */
export function checkpointHooks(
  store: ArtifactStore,
  prefix: string,
  { model, bestBy, ...options }: CheckpointHooksOptions,
): CheckpointHooks {
  let saved = -1;
  return {
    onCheckpoint: async (step, feedPosition) => {
      const snapshot = await model.snapshot();
      const key = await saveCheckpoint(store, prefix, { ...options, snapshot, feedPosition });
      saved = step;
      return key;
    },
    onEvaluation: async (step, values) => {
      const heldOut = bestBy === undefined ? (values.bits_per_byte ?? values.eval_loss) : values[bestBy];
      if (step === saved && heldOut !== undefined) await recordHeldOutLoss(store, prefix, step, heldOut);
    },
  };
}
