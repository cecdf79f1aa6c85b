/** What one step of practice learns from, for whoever keeps it or shows it. */
import type { Rollout } from '../rollout/rollout.js';

export interface StepRollouts {
  /** Rollout batches done, this one included: the step that the metrics of the same batch name. */
  readonly step: number;
  /** Answers to the same prompt, which lie next to each other in `rollouts`. */
  readonly samplesPerPrompt: number;
  /**
   * Prompt, tokens with their mask, what they say (`parts`, tool output included), rewards, stop reason and
   * version of each answer, as they are trained on.
   */
  readonly rollouts: readonly Rollout[];
  /** Of each answer: one for all its tokens, or of a critic one for each, [ids.length]. */
  readonly advantages: ArrayLike<number | ArrayLike<number>>;
}

/** Waited for before the step is taken; what it throws ends the practice. It may change nothing. */
export type StepRolloutsListener = (rollouts: StepRollouts) => void | Promise<void>;
