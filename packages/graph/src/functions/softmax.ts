/**
 * Softmax, its logarithm and entropy, and cross-entropy with a gradient that makes fewer passes over the
 * large tensor than the chain rule would.
 */
import type { Tensor } from '../graph/graph.js';
import { add, exp, log, mul, neg, sub } from './elementwise.js';
import { gatherElements, scatterElements } from './indexing.js';
import { squeeze, unsqueeze } from './movement.js';
import { reduceMax, reduceSum } from './reduce.js';

/** exp(x) / Σ exp(x). */
export function softmax(x: Tensor, axis = -1): Tensor {
  return x.graph.node('Softmax', [x], { axis })[0]!;
}

/** x − log Σ exp(x). */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return x.graph.node('LogSoftmax', [x], { axis })[0]!;
}

/**
 * log softmax(logits)[target] per position: logits [..., classes], targets [...] int32 or int64 → [...].
 * Cross-entropy is its negative.
 *
 * Keeps the probabilities instead of their logarithms: the result is how far the target's logit lies below
 * the greatest, plus the logarithm of the greatest probability (at least 1/classes, so no underflow), and the
 * gradient d · (onehot − p) needs no exponential.
 */
export function logSoftmaxGather(logits: Tensor, targets: Tensor): Tensor {
  let probabilities: Tensor;
  const index = unsqueeze(targets, -1);
  return logits.graph.composite(
    [logits],
    () => {
      probabilities = softmax(logits);
      const belowGreatest = sub(
        gatherElements(logits, index),
        reduceMax(logits, -1, { keepDimensions: true }),
      );
      const greatest = reduceMax(probabilities, -1, { keepDimensions: true });
      return [squeeze(add(belowGreatest, log(greatest)), -1)];
    },
    ({ outputGradients }) => {
      const d = unsqueeze(outputGradients[0]!, -1);
      return [scatterElements(mul(probabilities, neg(d)), index, d, { reduction: 'add' })];
    },
  )[0]!;
}

/** −Σ p log p of softmax(logits) in nats: logits [..., classes] → [...]. */
export function softmaxEntropy(logits: Tensor): Tensor {
  const logProbabilities = logSoftmax(logits);
  return neg(reduceSum(mul(exp(logProbabilities), logProbabilities), -1));
}
