/**
 * The objective of PPO and GRPO on graph tensors (Schulman et al. 2017; Shao et al. 2024):
 *   ρ = exp(logp − old);  −min(ρ·A, clip(ρ, 1 − clipLow, 1 + clipHigh)·A)
 * with the terms of KL and entropy of `policyObjective`. `weights` are A times a positive aggregation weight,
 * which passes through min and clip unchanged. Unequal limits are DAPO's "clip higher" (Yu et al. 2025), a
 * `ratioLevel` of `sequence` is GSPO, `sequence-sum` RLOO as in TRL.
 */
import { checkNumbers } from '@llm/core';
import type { Objective } from '@llm/graph';
import { clip, greater, less, logicalAnd, logicalOr, max, min, mul, where } from '@llm/graph';
import { type PolicyObjectiveOptions, policyObjective } from './policy-objective.js';

export interface ClippedPolicyGradientOptions extends PolicyObjectiveOptions {
  /** ε below 1. Default 0.2. */
  readonly clipLow?: number | undefined;
  /** ε above 1. Default: clipLow; DAPO uses 0.28. */
  readonly clipHigh?: number | undefined;
  /** Upper limit of the unclipped ratio (TRL's `delta`), which bounds the loss where A < 0. Default: none. */
  readonly ratioCeiling?: number | undefined;
  /**
   * c of dual-clip PPO (Ye et al. 2020): where A < 0 a token loses at most c·|A|, without a gradient beyond
   * it. Above 1; verl's default is 3. Default: none, as in TRL.
   */
  readonly dualClip?: number | undefined;
}

/**
 * Extra inputs per position: `active` (aggregation weight of the policy's own tokens, else 0),
 * `oldLogProbabilities`, with a KL term `referenceLogProbabilities`, with a sequence's ratio `answer`, with
 * an entropy bonus `tokenShare`; `createPolicyBatch` gives all but the reference's. Metrics, means over
 * tokens: `kl`, `entropy`, `ratio_mean`, `clip_ratio/low_mean` (ρ too small for A < 0),
 * `clip_ratio/high_mean` (too large for A > 0), `clip_ratio/region_mean`. Throws `core/option-invalid`.
 */
export function clippedPolicyGradient(options: ClippedPolicyGradientOptions = {}): Objective {
  checkNumbers(options, {
    clipLow: { minimum: 0, maximum: 1 },
    clipHigh: { minimum: 0 },
    ratioCeiling: { above: 0 },
    dualClip: { above: 1 },
  });
  const { clipLow = 0.2, ratioCeiling, dualClip } = options;
  const clipHigh = options.clipHigh ?? clipLow;
  return policyObjective('clipped-policy-gradient', options, ({ ratio, weights, share }) => {
    const unclipped = ratioCeiling === undefined ? ratio : min(ratio, ratioCeiling);
    const clipped = min(mul(unclipped, weights), mul(clip(ratio, 1 - clipLow, 1 + clipHigh), weights));
    const isWorse = less(weights, 0);
    const gain =
      dualClip === undefined ? clipped : where(isWorse, max(clipped, mul(weights, dualClip)), clipped);
    const tooLow = logicalAnd(less(unclipped, 1 - clipLow), isWorse);
    const tooHigh = logicalAnd(greater(unclipped, 1 + clipHigh), greater(weights, 0));
    return {
      gain,
      metrics: {
        'clip_ratio/low_mean': share(tooLow),
        'clip_ratio/high_mean': share(tooHigh),
        'clip_ratio/region_mean': share(logicalOr(tooLow, tooHigh)),
      },
    };
  });
}
