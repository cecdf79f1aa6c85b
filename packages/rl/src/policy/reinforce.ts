/**
 * REINFORCE (Williams 1992): −A·log π, without a ratio, with the terms of KL and entropy of
 * `policyObjective`. The gradient on answers that the policy itself drew; on others, or at a second update of
 * a batch, it is not.
 */
import type { Objective } from '@llm/graph';
import { mul } from '@llm/graph';
import { type PolicyObjectiveOptions, policyObjective } from './policy-objective.js';

/** Extra inputs as for `clippedPolicyGradient`. Throws `core/option-invalid`. */
export function reinforce(options: Omit<PolicyObjectiveOptions, 'ratioLevel'> = {}): Objective {
  return policyObjective('reinforce', options, ({ weights, logProbabilities }) => ({
    gain: mul(weights, logProbabilities),
  }));
}
