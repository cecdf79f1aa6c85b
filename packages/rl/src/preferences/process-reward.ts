/**
 * A process reward model (Lightman et al. 2023): each step of an answer is right or wrong, and the scalar
 * head says at its end how likely it is right. The loss is the cross-entropy of each labelled step, with v
 * the head's number there: −log σ(v) where it is right, −log σ(−v) where it is not, the mean over steps.
 */
import type { Objective } from '@llm/graph';
import { div, equal, greater, max, mul, reduceSum, softplus, sub, where } from '@llm/graph';

/**
 * `weights` are 1 at the ends of steps, `normalizer` is their number. Extra input `correct`: 1 there where
 * the step is right, 0 where it is not. Metric: `accuracy`, the share of steps judged as labelled.
 */
export function processReward(): Objective {
  return {
    name: 'process-reward',
    extraInputs: ['correct'],
    build: ({ values, weights, normalizer, extra }) => {
      const isStep = greater(weights, 0);
      const value = where(isStep, values(), 0);
      const correct = extra.correct!;
      // −log σ(±v) = softplus(∓v)
      const losses = softplus(mul(value, sub(1, mul(correct, 2))));
      const one = weights.graph.constant([1], []);
      const isRight = equal(where(greater(value, 0), one, 0), correct);
      return {
        loss: div(reduceSum(mul(losses, weights)), normalizer),
        metrics: {
          accuracy: div(reduceSum(mul(where(isRight, one, 0), weights)), max(reduceSum(weights), 1)),
        },
      };
    },
  };
}
