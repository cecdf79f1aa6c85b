/**
 * Numbers of whole sequences from numbers of their positions, a row each, and of pairs of neighbouring rows.
 */
import type { ObjectiveInputs, Tensor } from '@llm/graph';
import { div, greater, max, mul, neg, reduceSum, reshape, slice, softplus, sub, where } from '@llm/graph';

type Rows = Pick<ObjectiveInputs, 'rows' | 'columns' | 'weights'>;

/** [positions] → [rows, 1]: Σ weight · value; positions of weight 0 are selected away. */
export function rowScores({ rows, columns, weights }: Rows, values: Tensor): Tensor {
  const used = greater(mul(weights, weights), 0);
  return rowSums({ rows, columns }, mul(where(used, values, 0), weights));
}

/** [positions] → [rows, 1], unweighted. */
export function rowSums({ rows, columns }: Pick<Rows, 'rows' | 'columns'>, values: Tensor): Tensor {
  return reshape(reduceSum(reshape(values, [rows, columns]), 1), [rows, 1]);
}

/** [rows, 1] positions that have a weight, at least 1. */
export function rowLengths({ rows, columns, weights }: Rows): Tensor {
  const one = weights.graph.constant([1], []);
  return max(rowSums({ rows, columns }, where(greater(mul(weights, weights), 0), one, 0)), 1);
}

export interface Pair {
  /** [pairs, 1] */
  readonly chosen: Tensor;
  /** [pairs, 1] */
  readonly rejected: Tensor;
}

/** [rows, 1] → two tensors [pairs, 1] */
export function pairsOf(scores: Tensor): Pair {
  const pairs = reshape(scores, [Number(scores.shape[0]) / 2, 2]);
  return { chosen: slice(pairs, 1, 0, 1), rejected: slice(pairs, 1, 1, 2) };
}

type Pairs = Rows & Pick<ObjectiveInputs, 'branched'>;

/**
 * Σ weight · value of both answers of each pair. They lie in neighbouring rows, or share one behind their
 * prompt, where the rejected answer's weights are −1.
 */
export function pairScores(inputs: Pairs, values: Tensor): Pair {
  if (inputs.branched !== true) return pairsOf(rowScores(inputs, values));
  const { chosen, rejected } = weightsOf(inputs);
  return {
    chosen: rowScores({ ...inputs, weights: chosen }, values),
    rejected: rowScores({ ...inputs, weights: rejected }, values),
  };
}

/** Positions that have a weight, at least 1. */
export function pairLengths(inputs: Pairs): Pair {
  if (inputs.branched !== true) return pairsOf(rowLengths(inputs));
  const { chosen, rejected } = weightsOf(inputs);
  return {
    chosen: rowLengths({ ...inputs, weights: chosen }),
    rejected: rowLengths({ ...inputs, weights: rejected }),
  };
}

/** Each [positions] */
const weightsOf = ({ weights }: Pairs): Pair => ({
  chosen: max(weights, 0),
  rejected: max(neg(weights), 0),
});

const pairCount = ({ rows, branched }: Pairs): number => (branched === true ? rows : rows / 2);

/** Each mapped by the same. */
export const ofBoth = (pair: Pair, map: (side: Tensor, name: keyof Pair) => Tensor): Pair => ({
  chosen: map(pair.chosen, 'chosen'),
  rejected: map(pair.rejected, 'rejected'),
});

/** −log σ(x) = softplus(−x) */
export const negativeLogSigmoid = (x: Tensor): Tensor => softplus(neg(x));

/** The mean over rows or pairs. */
export const meanOf = (values: Tensor): Tensor => div(reduceSum(values), Number(values.shape[0]));

/** TRL's metrics of rewards, which are [pairs, 1] each. */
export function rewardMetrics({ chosen, rejected }: Pair): Record<string, Tensor> {
  const one = chosen.graph.constant([1], []);
  return {
    'rewards/chosen': meanOf(chosen),
    'rewards/rejected': meanOf(rejected),
    'rewards/margins': meanOf(sub(chosen, rejected)),
    'rewards/accuracies': meanOf(where(greater(chosen, rejected), one, 0)),
  };
}

/**
 * −log p of a token of the chosen answers, the mean over all of them as in TRL: the part that imitates. In
 * each part of a batch that is computed at a time it counts by its pairs.
 */
export function chosenLikelihoodLoss(inputs: ObjectiveInputs): Tensor {
  const { chosen } = pairScores(inputs, inputs.logProbabilities);
  const tokens = pairLengths(inputs).chosen;
  return neg(mul(div(reduceSum(chosen), reduceSum(tokens)), div(pairCount(inputs), inputs.normalizer)));
}
