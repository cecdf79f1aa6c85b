/** Softmax and its logarithm along one axis. */
import type { Tensor } from '../tensor.js';

/** exp(x) / Σ exp(x). */
export function softmax(x: Tensor, axis = -1): Tensor {
  return x.graph.node('Softmax', [x], { axis })[0]!;
}

/** x − log Σ exp(x). */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return x.graph.node('LogSoftmax', [x], { axis })[0]!;
}
