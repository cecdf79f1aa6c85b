/**
 * The objective of PPO and GRPO on graph tensors (Schulman et al. 2017; Shao et al. 2024):
 *   ρ = exp(logp − old);  −min(ρ·A, clip(ρ, 1 − clipLow, 1 + clipHigh)·A)  + klCoefficient · k3  − entropyCoefficient · H
 * with k3 = exp(ref − logp) − (ref − logp) − 1 (Schulman 2020), unbiased and never negative. `weights` are A
 * times a positive aggregation weight, which passes through min and clip unchanged. Unequal limits are DAPO's
 * "clip higher". Inactive positions are selected away, not multiplied by 0: 0 · ∞ is not 0.
 */
import { checkNumbers } from '@llm/core';
import type { Objective, Tensor } from '@llm/graph';
import {
  add,
  clip,
  div,
  exp,
  greater,
  less,
  logicalAnd,
  logicalOr,
  max,
  min,
  mul,
  neg,
  reduceSum,
  sub,
  where,
} from '@llm/graph';

export interface ClippedPolicyGradientOptions {
  /** ε below 1. Default 0.2. */
  readonly clipLow?: number | undefined;
  /** ε above 1. Default: clipLow; DAPO uses 0.28. */
  readonly clipHigh?: number | undefined;
  /** Upper limit of the unclipped ratio (TRL's `delta`), which bounds the loss where A < 0. Default: none. */
  readonly ratioCeiling?: number | undefined;
  /** β of the KL term; above 0 the batch needs `referenceLogProbabilities`. Default 0. */
  readonly klCoefficient?: number | undefined;
  /** Bonus per nat of mean token entropy. Default 0. */
  readonly entropyCoefficient?: number | undefined;
  /** Measure entropy even when it has no coefficient; costs a pass over all logits. Default true. */
  readonly measureEntropy?: boolean | undefined;
}

/** exp of more than this is beyond use and soon beyond float32; verl limits the difference the same way. */
const largestDifference = 20;

/**
 * Extra inputs per position: `active` (aggregation weight of the policy's own tokens, else 0),
 * `oldLogProbabilities`, and with a KL term `referenceLogProbabilities`. Metrics are means weighted by
 * `active`: `kl`, `entropy`, `ratio_mean`, `clip_ratio/low_mean` (ρ too small for A < 0),
 * `clip_ratio/high_mean` (too large for A > 0), `clip_ratio/region_mean`. Throws `core/option-invalid`.
 */
export function clippedPolicyGradient(options: ClippedPolicyGradientOptions = {}): Objective {
  checkNumbers(options, {
    clipLow: { minimum: 0, maximum: 1 },
    clipHigh: { minimum: 0 },
    ratioCeiling: { above: 0 },
    klCoefficient: { minimum: 0 },
    entropyCoefficient: {},
  });
  const { clipLow = 0.2, klCoefficient = 0, entropyCoefficient = 0 } = options;
  const clipHigh = options.clipHigh ?? clipLow;
  const withKl = klCoefficient !== 0;
  const withEntropy = entropyCoefficient !== 0 || (options.measureEntropy ?? true);
  return {
    name: 'clipped-policy-gradient',
    extraInputs: ['active', 'oldLogProbabilities', ...(withKl ? ['referenceLogProbabilities'] : [])],
    build: (inputs) => {
      const { logProbabilities, weights, normalizer, extra } = inputs;
      const active = extra.active!;
      const isActive = greater(active, 0);
      const total = max(reduceSum(active), 1e-8);
      const activeMean = (values: Tensor): Tensor => div(reduceSum(mul(values, active)), total);
      const difference = (a: Tensor, b: Tensor): Tensor =>
        clip(where(isActive, sub(a, b), 0), -largestDifference, largestDifference);
      const ratio = exp(difference(logProbabilities, extra.oldLogProbabilities!));
      const unclipped = options.ratioCeiling === undefined ? ratio : min(ratio, options.ratioCeiling);
      const gain = min(mul(unclipped, weights), mul(clip(ratio, 1 - clipLow, 1 + clipHigh), weights));
      let loss = neg(div(reduceSum(gain), normalizer));
      const tooLow = logicalAnd(less(ratio, 1 - clipLow), less(weights, 0));
      const tooHigh = logicalAnd(greater(ratio, 1 + clipHigh), greater(weights, 0));
      const indicator = (condition: Tensor): Tensor =>
        activeMean(where(condition, active.graph.constant([1], []), 0));
      const metrics: Record<string, Tensor> = {
        ratio_mean: activeMean(ratio),
        'clip_ratio/low_mean': indicator(tooLow),
        'clip_ratio/high_mean': indicator(tooHigh),
        'clip_ratio/region_mean': indicator(logicalOr(tooLow, tooHigh)),
      };
      if (withKl) {
        const towardsReference = difference(extra.referenceLogProbabilities!, logProbabilities);
        const k3 = sub(sub(exp(towardsReference), towardsReference), 1);
        loss = add(loss, mul(div(reduceSum(mul(k3, active)), normalizer), klCoefficient));
        metrics.kl = activeMean(k3);
      }
      if (withEntropy) {
        const entropy = where(isActive, inputs.entropy(), 0);
        if (entropyCoefficient !== 0) {
          loss = sub(loss, mul(div(reduceSum(mul(entropy, active)), normalizer), entropyCoefficient));
        }
        metrics.entropy = activeMean(entropy);
      }
      return { loss, metrics };
    },
  };
}
