/**
 * KTO (Ethayarajh et al. 2024): learning from single answers that somebody found good or bad. With
 * r = log π − log ref summed over an answer's tokens and z an estimate of KL(π ‖ ref) that no gradient runs
 * through:
 *   good   λ_D · (1 − σ(β (r − z)))
 *   bad    λ_U · (1 − σ(β (z − r)))
 * With z = 0 it is `apo_zero_unpaired` of TRL (D'Oosterlinck et al. 2024).
 */
import { checkNumbers } from '@llm/core';
import type { Objective, Tensor } from '@llm/graph';
import { div, greater, max, mul, reduceSum, sigmoid, sub, where } from '@llm/graph';
import { meanOf, rowScores, rowSums } from './row-scores.js';

export interface KahnemanTverskyOptions {
  /** Default 0.1. */
  readonly beta?: number | undefined;
  /** λ_D. λ_D · good ones should be 1 to 4/3 of λ_U · bad ones. Default 1. */
  readonly desirableWeight?: number | undefined;
  /** λ_U. Default 1. */
  readonly undesirableWeight?: number | undefined;
}

/**
 * A row is an answer; `normalizer` is their number. Extra inputs: `referenceLogProbabilities`, `desirable`
 * and `divergence`, which hold anywhere in a row 1 where it is good and z. Metrics: `rewards/chosen`,
 * `rewards/rejected`, `rewards/margins`, `logps/chosen`, `logps/rejected` of good and bad ones, `kl` (z).
 * Throws `core/option-invalid`.
 */
export function kahnemanTversky(options: KahnemanTverskyOptions = {}): Objective {
  checkNumbers(options, {
    beta: { above: 0 },
    desirableWeight: { minimum: 0 },
    undesirableWeight: { minimum: 0 },
  });
  const { beta = 0.1, desirableWeight = 1, undesirableWeight = 1 } = options;
  return {
    name: 'kahneman-tversky',
    extraInputs: ['referenceLogProbabilities', 'desirable', 'divergence'],
    readsWhere: 'weights',
    build: (inputs) => {
      const { extra, normalizer, logProbabilities } = inputs;
      const ratios = rowScores(inputs, sub(logProbabilities, extra.referenceLogProbabilities!));
      const isGood = greater(rowSums(inputs, extra.desirable!), 0);
      const divergence = rowSums(inputs, extra.divergence!);
      const advantage = mul(sub(ratios, divergence), beta);
      const losses = where(
        isGood,
        mul(sub(1, sigmoid(advantage)), desirableWeight),
        mul(sub(1, sigmoid(mul(advantage, -1))), undesirableWeight),
      );
      const rewards = mul(ratios, beta);
      const one = rewards.graph.constant([1], []);
      const good = where(isGood, one, 0);
      const over = (values: Tensor, members: Tensor): Tensor =>
        div(reduceSum(mul(values, members)), max(reduceSum(members), 1));
      const [chosen, rejected] = [over(rewards, good), over(rewards, sub(1, good))];
      const scores = rowScores(inputs, logProbabilities);
      return {
        loss: div(reduceSum(losses), normalizer),
        metrics: {
          'rewards/chosen': chosen,
          'rewards/rejected': rejected,
          'rewards/margins': sub(chosen, rejected),
          'logps/chosen': over(scores, good),
          'logps/rejected': over(scores, sub(1, good)),
          kl: meanOf(divergence),
        },
      };
    },
  };
}
