/**
 * A reward model from pairs (Bradley and Terry 1952; Ouyang et al. 2022): with s the score of an answer,
 *   −log σ(s_chosen − s_rejected − margin) + c · (s_chosen + s_rejected)²
 * The margin says how much better the chosen answer is (Llama 2, Touvron et al. 2023); c keeps scores around
 * 0 (Eisenstein et al. 2023). Batches are those of `createPreferenceBatch`; s = Σ weight · value of an
 * answer, where the value is what a scalar head says, or log p of the target: a verdict's token, without a
 * new head.
 */
import { checkChoice, checkNumbers } from '@llm/core';
import type { Objective, ObjectiveInputs, Tensor } from '@llm/graph';
import {
  add,
  concat,
  div,
  greater,
  mul,
  neg,
  pow,
  reduceMax,
  reduceSum,
  reshape,
  sub,
  where,
} from '@llm/graph';
import { meanOf, negativeLogSigmoid, pairScores, pairsOf, rowSums } from './row-scores.js';

export interface BradleyTerryOptions {
  /** What a score is made of. Default `head`: a model with `scalarHead: true`, as TRL's reward models. */
  readonly score?: 'head' | 'tokens' | undefined;
  /** c. Default 0; the paper has 0.01. */
  readonly centerCoefficient?: number | undefined;
  /**
   * With `true` the extra input `margin` holds, anywhere in a pair's first row, how much better it is;
   * `trainPreferences` takes it from `margin` of its pairs. Default false.
   */
  readonly margin?: boolean | undefined;
}

/**
 * `normalizer` is the number of pairs. Metrics as TRL's RewardTrainer: `accuracy`, `margin`, `min_reward`,
 * `mean_reward`, `max_reward`. Throws `core/option-invalid`.
 */
export function bradleyTerry(options: BradleyTerryOptions = {}): Objective {
  const { score = 'head', centerCoefficient = 0, margin = false } = options;
  checkChoice('score', score, ['head', 'tokens']);
  checkNumbers(options, { centerCoefficient: { minimum: 0 } });
  return {
    name: 'bradley-terry',
    extraInputs: margin ? ['margin'] : [],
    build: (inputs) => {
      const pair = pairScores(inputs, score === 'head' ? inputs.values() : inputs.logProbabilities);
      const { chosen, rejected } = pair;
      const scores = concat([chosen, rejected], 0);
      const difference = sub(chosen, rejected);
      const wanted = margin ? marginsOf(inputs) : 0;
      let losses = negativeLogSigmoid(sub(difference, wanted));
      if (centerCoefficient !== 0)
        losses = add(losses, mul(pow(add(chosen, rejected), 2), centerCoefficient));
      const one = chosen.graph.constant([1], []);
      const greatest = (of: typeof scores) => reshape(reduceMax(of, 0), []);
      return {
        loss: div(reduceSum(losses), inputs.normalizer),
        metrics: {
          accuracy: meanOf(where(greater(difference, 0), one, 0)),
          margin: meanOf(difference),
          min_reward: neg(greatest(neg(scores))),
          mean_reward: meanOf(scores),
          max_reward: greatest(scores),
        },
      };
    },
  };
}

/** [pairs, 1] */
function marginsOf(inputs: ObjectiveInputs): Tensor {
  const sums = rowSums(inputs, inputs.extra.margin!);
  return inputs.branched === true ? sums : pairsOf(sums).chosen;
}
