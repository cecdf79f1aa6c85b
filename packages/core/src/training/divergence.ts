/** The error of a run whose loss is lost: where it happened, on which data, and what to go back to. */

import type { JsonValue } from '../contracts/json.js';
import { LlmError } from '../errors.js';
import type { LossWatch } from './loss-watch.js';

/** Where the data of a batch came from. */
export interface BatchOrigin {
  /** `batch 6 of the feed (documents 3, 4)` */
  readonly description: string;
  /** Becomes part of the error's details. */
  readonly details: Readonly<Record<string, JsonValue>>;
}

/** The model refused the step: the loss is NaN or infinite. */
export function lossIsNoNumber(error: unknown): error is LlmError {
  return LlmError.isInstance(error) && error.code === 'model/loss-not-finite';
}

export function explosion(loss: number, { mean, lowest }: LossWatch, learningRate: number): string {
  return `The loss explodes: ${loss.toPrecision(4)}, and ${mean.toPrecision(4)} over the last steps after ${lowest.toPrecision(4)}. Lower the learning rate (now ${learningRate}) or look at the batch; \`maximumLossRise\` sets the limit.`;
}

export interface Divergence {
  readonly what: string;
  /** The step that went wrong, counted from 1. */
  readonly step: number;
  readonly origin: BatchOrigin | undefined;
  readonly lastGoodCheckpoint: number | undefined;
  readonly cause?: LlmError | undefined;
}

export function trainingDiverged(divergence: Divergence): LlmError {
  const { what, step, origin, lastGoodCheckpoint, cause } = divergence;
  const place = origin === undefined ? `step ${step}` : `step ${step}, ${origin.description}`;
  const from =
    lastGoodCheckpoint === undefined
      ? 'There is no checkpoint from before'
      : `The last good checkpoint is of step ${lastGoodCheckpoint}`;
  return new LlmError({
    code: 'model/training-diverged',
    message: `Training stopped at ${place}. ${what} ${from}.`,
    details: {
      ...cause?.details,
      ...origin?.details,
      step,
      lastGoodCheckpoint: lastGoodCheckpoint ?? null,
    },
    cause,
  });
}
