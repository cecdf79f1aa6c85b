/**
 * What every policy objective has in common: the ratio ρ of new to old probabilities, terms of KL and
 * entropy, and metrics under TRL's names. An objective adds how a token's gain follows from ρ.
 *   loss = −Σ gain ÷ normalizer + klCoefficient · Σ KL ÷ normalizer − entropyCoefficient · mean entropy
 * Metrics are means over tokens, whatever the aggregation of the loss is, and of sequences where the ratio is
 * a sequence's; the entropy bonus is a mean over tokens, too (TRL 1.16). Inactive positions are selected
 * away, not multiplied by 0: 0 · ∞ is not 0.
 */
import { checkChoice, checkNumbers } from '@llm/core';
import type { Objective, Tensor } from '@llm/graph';
import { add, clip, div, exp, greater, max, mul, neg, reduceSum, sub, where } from '@llm/graph';
import { type KlEstimator, klEstimate } from './kl-estimators.js';
import { answerSums, levelled, type RatioLevel } from './probability-ratio.js';

export interface PolicyObjectiveOptions {
  /** Of which ρ is: a token, or an answer (GSPO, RLOO). Default `token`. */
  readonly ratioLevel?: RatioLevel | undefined;
  /** β of the KL term; above 0 the batch needs `referenceLogProbabilities`. Default 0. */
  readonly klCoefficient?: number | undefined;
  /** Default `k3`. */
  readonly klEstimator?: KlEstimator | undefined;
  /**
   * Multiply the KL estimate by ρ, through which the gradient runs: that of the reverse KL. Default: for `k3`
   * true, as in TRL; GRPO as published has false.
   */
  readonly klBiasCorrection?: boolean | undefined;
  /** Bonus per nat of mean token entropy. Default 0. */
  readonly entropyCoefficient?: number | undefined;
  /** Measure entropy even when it has no coefficient; costs a pass over all logits. Default true. */
  readonly measureEntropy?: boolean | undefined;
}

/** What a gain is made of, each [positions]. */
export interface PolicyTerms {
  readonly ratio: Tensor;
  /** Advantage times aggregation weight. */
  readonly weights: Tensor;
  /** 0 where inactive. */
  readonly logProbabilities: Tensor;
  /** The mean of an indicator over tokens, or over answers where the ratio is an answer's. */
  share(condition: Tensor): Tensor;
}

export interface PolicyGain {
  readonly gain: Tensor;
  readonly metrics?: Readonly<Record<string, Tensor>> | undefined;
}

/** exp of more than this is beyond use and soon beyond float32; verl limits the difference the same way. */
const largestDifference = 20;

/** Throws `core/option-invalid`. */
export function policyObjective(
  name: string,
  options: PolicyObjectiveOptions,
  gainOf: (terms: PolicyTerms) => PolicyGain,
): Objective {
  const { ratioLevel = 'token', klEstimator = 'k3', klCoefficient = 0, entropyCoefficient = 0 } = options;
  checkChoice('ratioLevel', ratioLevel, ['token', 'sequence', 'sequence-sum']);
  checkChoice('klEstimator', klEstimator, ['k1', 'k2', 'k3']);
  checkNumbers(options, { klCoefficient: { minimum: 0 }, entropyCoefficient: {} });
  const isCorrected = options.klBiasCorrection ?? klEstimator === 'k3';
  const withKl = klCoefficient !== 0;
  const withEntropy = entropyCoefficient !== 0 || (options.measureEntropy ?? true);
  return {
    name,
    extraInputs: [
      'active',
      'oldLogProbabilities',
      ...(withKl ? ['referenceLogProbabilities'] : []),
      ...(ratioLevel === 'token' ? [] : ['answer']),
      ...(entropyCoefficient === 0 ? [] : ['tokenShare']),
    ],
    readsWhere: 'active',
    build: (inputs) => {
      const { rows, columns, weights, normalizer, extra } = inputs;
      const active = extra.active!;
      const isActive = greater(active, 0);
      const one = active.graph.constant([1], []);
      const tokens = where(isActive, one, 0);
      const sums =
        ratioLevel === 'token' ? undefined : answerSums({ isActive, answer: extra.answer!, rows, columns });
      const mean = (values: Tensor, counted: Tensor): Tensor =>
        div(reduceSum(mul(values, counted)), max(reduceSum(counted), 1e-8));
      const tokenMean = (values: Tensor): Tensor => mean(values, tokens);
      const shares = sums === undefined ? tokens : div(tokens, sums.lengths);
      const difference = (a: Tensor, b: Tensor): Tensor =>
        clip(where(isActive, sub(a, b), 0), -largestDifference, largestDifference);
      const logRatio = levelled(
        difference(inputs.logProbabilities, extra.oldLogProbabilities!),
        ratioLevel,
        sums,
      );
      const ratio = exp(clip(logRatio, -largestDifference, largestDifference));
      const { gain, metrics: own = {} } = gainOf({
        ratio,
        weights,
        logProbabilities: where(isActive, inputs.logProbabilities, 0),
        share: (condition) => mean(where(condition, one, 0), shares),
      });
      let loss = neg(div(reduceSum(gain), normalizer));
      const metrics: Record<string, Tensor> = { ratio_mean: mean(ratio, shares), ...own };
      if (withKl) {
        const estimate = klEstimate(
          klEstimator,
          difference(extra.referenceLogProbabilities!, inputs.logProbabilities),
        );
        const kl = isCorrected ? mul(estimate, ratio) : estimate;
        loss = add(loss, mul(div(reduceSum(mul(kl, active)), normalizer), klCoefficient));
        metrics.kl = tokenMean(kl);
      }
      if (withEntropy) {
        const entropy = where(isActive, inputs.entropy(), 0);
        if (entropyCoefficient !== 0)
          loss = sub(loss, mul(reduceSum(mul(entropy, extra.tokenShare!)), entropyCoefficient));
        metrics.entropy = tokenMean(entropy);
      }
      return { loss, metrics };
    },
  };
}
