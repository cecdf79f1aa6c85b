/** Reductions over axes; all axes when none are named. */

import type { Tensor } from '../graph/graph.js';
import { normalizeAxis } from '../tensors/shape.js';
import { integers } from './constants.js';

export interface ReduceOptions {
  /** Keep reduced axes as 1. Default false. */
  readonly keepDimensions?: boolean | undefined;
}

function reduce(
  operator: string,
  x: Tensor,
  axes?: number | readonly number[],
  options?: ReduceOptions,
): Tensor {
  const list = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : axes;
  if (list.length === 0) return x;
  const normal = list.map((axis) => normalizeAxis(axis, x.shape.length, operator)).sort((a, b) => a - b);
  return x.graph.node(operator, [x, integers(x.graph, normal)], {
    keepdims: options?.keepDimensions ? 1 : 0,
  })[0]!;
}

export const reduceSum = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduce('ReduceSum', x, axes, options);
export const reduceMean = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduce('ReduceMean', x, axes, options);
/** Greatest value; equal greatest values share the gradient evenly. */
export const reduceMax = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions): Tensor =>
  reduce('ReduceMax', x, axes, options);
export const reduceSumSquare = (
  x: Tensor,
  axes?: number | readonly number[],
  options?: ReduceOptions,
): Tensor => reduce('ReduceSumSquare', x, axes, options);
/** log Σ exp(x), steady for large values. */
export const reduceLogSumExp = (
  x: Tensor,
  axes?: number | readonly number[],
  options?: ReduceOptions,
): Tensor => reduce('ReduceLogSumExp', x, axes, options);
