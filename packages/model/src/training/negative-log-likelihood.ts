/** The objective of pretraining and fine-tuning: −Σ weight · log p(target) ÷ normalizer. */
import { div, mul, neg, type Objective, reduceSum } from '@llm/graph';

export const negativeLogLikelihood: Objective = {
  name: 'negative-log-likelihood',
  extraInputs: [],
  readsWhere: 'weights',
  build: ({ logProbabilities, weights, normalizer }) => ({
    loss: div(neg(reduceSum(mul(logProbabilities, weights))), normalizer),
  }),
};
