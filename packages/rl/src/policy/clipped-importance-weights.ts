/**
 * CISPO (MiniMax-M1, 2025): the importance weight is clipped instead of the update, so that no token falls
 * out of the gradient:
 *   −sg[min(ρ, maximum)]·A·log π
 * with the terms of KL and entropy of `policyObjective`. verl also has a lower limit, which the paper does
 * not use: `minimum`.
 */
import { checkNumbers } from '@llm/core';
import type { Objective } from '@llm/graph';
import { clip, greater, logicalAnd, min, mul } from '@llm/graph';
import { type PolicyObjectiveOptions, policyObjective } from './policy-objective.js';
import { stopGradient } from './stop-gradient.js';

export interface ClippedImportanceWeightsOptions extends PolicyObjectiveOptions {
  /** Largest weight: TRL's `epsilon_high`, verl's 1 + clip_ratio_high. Default 5. */
  readonly maximum?: number | undefined;
  /** Smallest weight: verl's 1 − clip_ratio_low. Default: none. */
  readonly minimum?: number | undefined;
}

/** Extra inputs as for `clippedPolicyGradient`. Metric: `cispo_clip_ratio`. Throws `core/option-invalid`. */
export function clippedImportanceWeights(options: ClippedImportanceWeightsOptions = {}): Objective {
  checkNumbers(options, { maximum: { above: 0 }, minimum: { minimum: 0 } });
  const { maximum = 5, minimum } = options;
  return policyObjective('clipped-importance-weights', options, (terms) => {
    const { ratio, weights, logProbabilities, share } = terms;
    const limited = minimum === undefined ? min(ratio, maximum) : clip(ratio, minimum, maximum);
    return {
      gain: mul(mul(stopGradient(limited), weights), logProbabilities),
      metrics: { cispo_clip_ratio: share(logicalAnd(greater(ratio, maximum), greater(weights, 0))) },
    };
  });
}
