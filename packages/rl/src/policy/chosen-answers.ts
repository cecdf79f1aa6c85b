/** Rejection sampling as a step of a policy: the answers that are imitated, each token with advantage 1. */
import { acceptedAnswers, type RejectionOptions } from '../rollout/best-of-n.js';
import type { Rollout } from '../rollout/rollout.js';

export interface ChosenAnswers {
  /** Of those that are learnt from; never empty, since a step is taken at any rate. */
  readonly places: readonly number[];
  /** [rollouts.length] 1 or 0 */
  readonly advantages: Float32Array;
  readonly metrics: { readonly accepted: number };
}

/** Throws `core/option-invalid`. */
export function chosenAnswers(rollouts: readonly Rollout[], options: RejectionOptions): ChosenAnswers {
  const places = acceptedAnswers(rollouts, options);
  const advantages = new Float32Array(rollouts.length);
  for (const place of places) advantages[place] = 1;
  // Without any the first one stands there with advantage 0.
  return { places: places.length > 0 ? places : [0], advantages, metrics: { accepted: places.length } };
}
