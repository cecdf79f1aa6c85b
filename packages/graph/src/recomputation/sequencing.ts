/**
 * Which part of a backward pass is computed first. A runtime is free to reorder nodes
 * that do not depend on each other and to merge nodes that compute the same; a recomputed
 * part would then run early, or not be computed again at all. So its inputs are made to
 * depend on what must be finished before it, by adding zero times a number of that.
 */
import { add, mul } from '../functions/elementwise.js';
import { reshape, slice } from '../functions/movement.js';
import type { Graph, Tensor } from '../graph/graph.js';

/** A zero [] that is known only when the previous part and all of `tensors` are. */
export function zeroAfter(graph: Graph, tensors: readonly (Tensor | undefined)[]): Tensor {
  const elements = [...tensors, ...graph.latestResults].flatMap((tensor) =>
    tensor === undefined ? [] : [oneElement(tensor)],
  );
  const sum = elements.reduce((total, element) => add(total, element));
  return mul(reshape(sum, []), 0);
}

/**
 * `inputs` as a part that is computed after `zero` may use
 * them: graph inputs only where nothing else is there.
 */
export function postponed(inputs: readonly Tensor[], zero: Tensor): Tensor[] {
  const computed = (tensor: Tensor): boolean => tensor.type === 'float32' && tensor.producer !== undefined;
  const chosen = inputs.some(computed)
    ? inputs.filter(computed)
    : inputs.filter(({ type }) => type === 'float32').slice(0, 1);
  return inputs.map((input) => (chosen.includes(input) ? add(input, zero) : input));
}

/** [1] */
function oneElement(x: Tensor): Tensor {
  const flat = x.shape.length === 1 ? x : reshape(x, [-1]);
  return flat.shape[0] === 1 ? flat : slice(flat, 0, 0, 1);
}
