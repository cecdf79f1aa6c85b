/**
 * Gradient checkpointing (Chen et al., 2016): a part of the graph whose intermediate results are not kept for the
 * backward pass but computed again when its gradient is. Memory for time: one more forward pass of that part.
 */

import { pullBack } from './differentiate.js';
import { add, mul } from './functions/elementwise.js';
import { reshape, slice } from './functions/movement.js';
import type { Graph, Tensor } from './graph.js';

/** Gradients that the part differentiated last returned: the next part waits for all of them. */
const latestResults = new WeakMap<Graph, readonly (Tensor | undefined)[]>();

/**
 * `build(inputs)` without keeping what it computes on the way. Every tensor through which a gradient flows,
 * parameters included, must be listed in `inputs`. `build` is called twice and must do the same both times.
 */
export function recompute(
  inputs: readonly Tensor[],
  build: (inputs: readonly Tensor[]) => readonly Tensor[],
): readonly Tensor[] {
  const { graph } = inputs[0]!;
  return graph.composite(
    inputs,
    () => build(inputs),
    ({ outputGradients, accumulated, needs }) => {
      const before = latestResults.get(graph) ?? [];
      const zero = zeroAfter([...outputGradients, ...accumulated, ...before]);
      const again = postponed(inputs, zero);
      const upstream = outputGradients.map((gradient) => gradient && add(gradient, zero));
      const firstNode = graph.nodes.length;
      const outputs = build(again);
      const asked = inputs.flatMap((_, index) => (needs(index) ? [index] : []));
      const found = pullBack(
        outputs,
        upstream,
        asked.map((index) => again[index]!),
        firstNode,
      );
      latestResults.set(graph, found);
      return inputs.map((_, index) => found[asked.indexOf(index)]);
    },
  );
}

/**
 * The same inputs, made to depend on what the backward pass has computed so far by adding zero. Without that the
 * runtime would see that the second computation repeats the first and keep the first's results after all, or run all
 * parts side by side before it sums up their gradients. Graph inputs (parameters) stay as they are unless nothing else
 * is there.
 */
function postponed(inputs: readonly Tensor[], zero: Tensor): Tensor[] {
  const computed = (tensor: Tensor): boolean => tensor.type === 'float32' && tensor.producer !== undefined;
  const chosen = inputs.some(computed)
    ? inputs.filter(computed)
    : inputs.filter(({ type }) => type === 'float32').slice(0, 1);
  return inputs.map((input) => (chosen.includes(input) ? add(input, zero) : input));
}

/** Zero times one element of each tensor: a number that is known only when all of them are. */
function zeroAfter(tensors: readonly (Tensor | undefined)[]): Tensor {
  const elements = tensors.flatMap((tensor) => (tensor === undefined ? [] : [oneElement(tensor)]));
  return mul(
    elements.reduce((sum, element) => add(sum, element)),
    0,
  );
}

function oneElement(x: Tensor): Tensor {
  let element = x;
  for (let axis = 0; axis < x.shape.length; axis++) {
    if (x.shape[axis] !== 1) element = slice(element, axis, 0, 1);
  }
  return reshape(element, []);
}
