/**
 * Estimates of KL(π ‖ π_ref) from one sampled token (Schulman 2020, "Approximating KL Divergence"), with
 * d = log π_ref − log π:
 *   k1  −d                 unbiased, of either sign; its own gradient has mean 0, so in a loss it pulls nowhere
 *   k2  d² / 2             biased; its gradient is that of the KL on-policy
 *   k3  exp(d) − d − 1     unbiased, never negative; TRL's and GRPO's
 * Times ρ each is right off-policy, too, and the gradient of k3·ρ is that of the reverse KL (DeepSeek-V3.2,
 * 2025; TRL's `use_bias_correction_kl`), which that of k3 alone is not.
 */
import { exp, mul, neg, sub, type Tensor } from '@llm/graph';

export type KlEstimator = 'k1' | 'k2' | 'k3';

/** `towardsReference`: d, [positions] */
export function klEstimate(estimator: KlEstimator, towardsReference: Tensor): Tensor {
  if (estimator === 'k1') return neg(towardsReference);
  if (estimator === 'k2') return mul(mul(towardsReference, towardsReference), 0.5);
  return sub(sub(exp(towardsReference), towardsReference), 1);
}
