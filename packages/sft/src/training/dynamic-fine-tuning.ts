/**
 * DFT (Wu et al. 2025, "On the Generalization of SFT"): the loss of a token times its probability, which no
 * gradient runs through, −sg[p]·log p. What the model finds very unlikely pulls little, so that one strange
 * answer does not bend it; TRL's `loss_type: dft`.
 */
import type { Objective } from '@llm/graph';
import { div, exp, mul, neg, reduceSum } from '@llm/graph';

/** `weights` are 1 on what is learned, `normalizer` is their sum. Metric: `nll`, the plain loss. */
export function dynamicFineTuning(): Objective {
  return {
    name: 'dynamic-fine-tuning',
    extraInputs: [],
    readsWhere: 'weights',
    build: ({ logProbabilities, weights, normalizer }) => {
      const probability = logProbabilities.graph.composite(
        [logProbabilities],
        () => [exp(logProbabilities)],
        'zero',
      )[0]!;
      const mean = (values: typeof weights) => div(neg(reduceSum(mul(values, weights))), normalizer);
      return {
        loss: mean(mul(probability, logProbabilities)),
        metrics: { nll: mean(logProbabilities) },
      };
    },
  };
}
