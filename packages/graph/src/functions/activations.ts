/** Activations made of several operators, with gradients that reuse what the forward pass computed. */
import type { Tensor } from '../graph/graph.js';
import { add, mul, relu, sigmoid, sub } from './elementwise.js';

/** relu(x)² (So et al., 2021, Primer). Its gradient 2 · relu(x) needs no comparison. */
export function squaredRelu(x: Tensor): Tensor {
  let positive: Tensor;
  return x.graph.composite(
    [x],
    () => {
      positive = relu(x);
      return [mul(positive, positive)];
    },
    ({ outputGradients }) => [mul(mul(outputGradients[0]!, 2), positive)],
  )[0]!;
}

/** x · sigmoid(x) (swish; Elfwing et al., 2017). */
export function silu(x: Tensor): Tensor {
  let gate: Tensor;
  return x.graph.composite(
    [x],
    () => {
      gate = sigmoid(x);
      return [mul(x, gate)];
    },
    ({ outputs, outputGradients }) => {
      // s + x s (1 − s) = s + y (1 − s)
      const slope = add(gate, mul(outputs[0]!, sub(1, gate)));
      return [mul(outputGradients[0]!, slope)];
    },
  )[0]!;
}
