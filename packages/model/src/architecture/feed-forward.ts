/**
 * The feed-forward block: SwiGLU or GeGLU (Shazeer 2020), squared ReLU (So et al. 2021) or GELU. SwiGLU and
 * ReLU² carry their own gradient, because the chain rule through the parts passes over [positions, hidden]
 * more often.
 */
import { add, type Graph, gelu, mul, relu, sigmoid, sub, type Tensor } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';
import type { LayerNames } from '../weights/parameter-names.js';
import { linear, linears } from './linear.js';
import type { Parameters } from './parameters.js';

/** x [..., width] → [..., width]; `see` is given the activations [..., feedForwardWidth] on the way. */
export function feedForward(
  config: ModelConfig,
  parameters: Parameters,
  names: LayerNames,
  x: Tensor,
  see?: (activations: Tensor) => void,
): Tensor {
  const activations = hidden(config, parameters, names, x);
  see?.(activations);
  return linear(parameters, names.down, activations);
}

function hidden(config: ModelConfig, parameters: Parameters, names: LayerNames, x: Tensor): Tensor {
  const width = config.feedForwardWidth;
  if (config.feedForward === 'swiglu') {
    const [gate, up] = linears(parameters, [names.gate, names.up], [width, width], x);
    return gatedBySilu(x.graph, gate!, up!);
  }
  if (config.feedForward === 'gegluTanh') {
    const [gate, up] = linears(parameters, [names.gate, names.up], [width, width], x);
    return mul(gelu(gate!, { approximate: 'tanh' }), up!);
  }
  const up = linear(parameters, names.up, x);
  switch (config.feedForward) {
    case 'reluSquared':
      return reluSquared(x.graph, up);
    case 'gelu':
      return gelu(up);
    case 'geluTanh':
      return gelu(up, { approximate: 'tanh' });
  }
}

/** gate · sigmoid(gate) · up */
function gatedBySilu(graph: Graph, gate: Tensor, up: Tensor): Tensor {
  let gates!: Tensor;
  let activated!: Tensor;
  return graph.composite(
    [gate, up],
    () => {
      gates = sigmoid(gate);
      activated = mul(gate, gates);
      return [mul(activated, up)];
    },
    ({ outputGradients: [d] }) => {
      // With s = sigmoid(gate), a = gate · s: da/dgate = s + a − a · s.
      const slope = add(gates, mul(activated, sub(1, gates)));
      return [mul(mul(d!, up), slope), mul(d!, activated)];
    },
  )[0]!;
}

/** relu(x)², whose gradient is 2 · relu(x) */
function reluSquared(graph: Graph, x: Tensor): Tensor {
  let positive!: Tensor;
  return graph.composite(
    [x],
    () => {
      positive = relu(x);
      return [mul(positive, positive)];
    },
    ({ outputGradients: [d] }) => {
      const half = mul(d!, positive);
      return [add(half, half)];
    },
  )[0]!;
}
