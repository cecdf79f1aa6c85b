/** What every training loop takes beside its data: pretraining, fine-tuning, policies, preferences. */
import type { RunOptions } from '../contracts/run-event.js';
import type { LearningRateSchedule } from './learning-rate-schedule.js';

/** Values by name, as they stand in a `metric` event. */
export type Metrics = Readonly<Record<string, number>>;

export interface TrainingOptions extends RunOptions {
  /** The step at which training ends, steps already taken included. */
  readonly steps: number;
  /**
   * A schedule, over `steps` unless it says otherwise, or
   * the learning rate of a step, counted from 0: 0 or more.
   */
  readonly schedule: LearningRateSchedule | ((step: number) => number);
  /** Rows computed at a time; a step adds up their gradients (see `splitBatch`). Default: all. */
  readonly rowsAtOnce?: number | undefined;
  /** Saves after every so many steps, and after the last. Default: only after the last. */
  readonly saveEvery?: number | undefined;
  /**
   * Saves the model after `step` steps; training waits for it. Also called when the signal stops a run
   * between two saves. A returned key is announced as an `artifact` event.
   */
  readonly onCheckpoint?: CheckpointHook | undefined;
  /** Measures after every so many steps, and after the last. Default: only after the last. */
  readonly evaluateEvery?: number | undefined;
  /** Measures the untrained model too, as step 0. */
  readonly evaluateFirst?: boolean | undefined;
  /** Measures the model after `step` steps; what it returns becomes a `metric` event. */
  readonly evaluate?: ((step: number) => Promise<Metrics> | Metrics) | undefined;
  /** After a measurement, and after `onCheckpoint` of the same step. */
  readonly onEvaluation?: ((step: number, values: Metrics) => Promise<void> | void) | undefined;
  /**
   * Training stops when the mean loss of the last 20 steps is more than
   * this above the lowest such mean of this call, in the loss's unit (nats
   * per token), from the tenth step of the call on. Infinity never stops; a
   * loss that is no number always does.
   */
  readonly maximumLossRise?: number | undefined;
  /** Stage name in events. Default: the loop's own. */
  readonly stage?: string | undefined;
}

export type CheckpointHook = (
  step: number,
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback that returns nothing is as good
) => Promise<string | void> | string | void;
