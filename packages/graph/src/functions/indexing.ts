/** Reading and writing at positions held in a tensor (int32 or int64; int32 also runs on WebGPU). */
import type { Tensor } from '../graph/graph.js';

/**
 * Slices of x along an axis in the order of `indices`: x [a, n, b], indices [...i] → [a, ...i, b] for axis 1.
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return x.graph.node('Gather', [x, indices], { axis })[0]!;
}

/** One element of x per element of `indices`, along an axis; other coordinates are the element's own. */
export function gatherElements(x: Tensor, indices: Tensor, axis = -1): Tensor {
  return x.graph.node('GatherElements', [x, indices], { axis })[0]!;
}

/**
 * x with `updates` written (or added) at `indices` along an axis. With 'none' the positions must be distinct.
 */
export function scatterElements(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  options: { readonly axis?: number | undefined; readonly reduction?: 'none' | 'add' | undefined } = {},
): Tensor {
  return x.graph.node('ScatterElements', [x, indices, updates], {
    axis: options.axis ?? -1,
    reduction: options.reduction ?? 'none',
  })[0]!;
}
