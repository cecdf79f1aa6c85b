/** Functions that move elements without changing them. */
import { LlmError } from '@llm/core';
import type { Tensor } from '../graph/graph.js';
import { formatShape, isStatic, normalizeAxis, shapeError } from '../tensors/shape.js';
import type { Dimension } from '../tensors/tensor.js';
import { integers } from './constants.js';

/**
 * The size of one axis as int64 [1], known at run time.
 */
export function dimensionOf(x: Tensor, axis: number): Tensor {
  const start = normalizeAxis(axis, x.shape.length, 'Shape');
  return x.graph.node('Shape', [x], { start, end: start + 1 })[0]!;
}

/** A shape as int64 [rank]; symbols are read from `source`, which must have them. */
function runtimeShape(source: Tensor, shape: readonly Dimension[], what: string): Tensor {
  if (isStatic(shape)) return integers(source.graph, shape);
  const parts = shape.map((dimension) => {
    if (typeof dimension === 'number') return integers(source.graph, [dimension]);
    const axis = source.shape.indexOf(dimension);
    if (axis < 0) {
      throw new LlmError({
        code: 'graph/dimension-unknown',
        message: `${what}: "${dimension}" is not a dimension of ${formatShape(source.shape)}.`,
      });
    }
    return dimensionOf(source, axis);
  });
  return source.graph.node('Concat', parts, { axis: 0 })[0]!;
}

/** The same elements under another shape. One −1 is worked out; symbols must be dimensions of x. */
export function reshape(x: Tensor, shape: readonly Dimension[]): Tensor {
  const unknown = shape.filter((dimension) => typeof dimension === 'string' || dimension === -1);
  if (unknown.length === 0 || (unknown.length === 1 && unknown[0] === -1)) {
    return x.graph.node('Reshape', [x, integers(x.graph, shape.map(Number))])[0]!;
  }
  // One symbol can be worked out by the runtime; more are read from x.
  const written =
    unknown.length === 1
      ? integers(
          x.graph,
          shape.map((dimension) => (typeof dimension === 'string' ? -1 : dimension)),
        )
      : runtimeShape(x, shape, 'reshape');
  return x.graph.node('Reshape', [x, written], {}, { outputs: [{ type: x.type, shape: [...shape] }] })[0]!;
}

/** Reorders axes; reverses them when no order is given. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const perm = order ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  return x.graph.node('Transpose', [x], {
    perm: perm.map((axis) => normalizeAxis(axis, x.shape.length, 'transpose')),
  })[0]!;
}

/** Joins along an axis; the other axes must agree. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0];
  if (first === undefined) throw shapeError('concat needs at least one tensor.');
  if (tensors.length === 1) return first;
  return first.graph.node('Concat', tensors, { axis: normalizeAxis(axis, first.shape.length, 'concat') })[0]!;
}

/** Elements start…end (exclusive) of one axis; negative values count from the end; end defaults to all. */
export function slice(x: Tensor, axis: number, start: number, end?: number): Tensor {
  const last = end ?? Number.MAX_SAFE_INTEGER;
  return x.graph.node('Slice', [
    x,
    integers(x.graph, [start]),
    integers(x.graph, [last]),
    integers(x.graph, [normalizeAxis(axis, x.shape.length, 'slice')]),
  ])[0]!;
}

/** Cuts an axis into parts of the given sizes, or into a number of equal parts. */
export function split(x: Tensor, axis: number, sizes: number | readonly number[]): Tensor[] {
  const normal = normalizeAxis(axis, x.shape.length, 'split');
  let list = sizes;
  if (typeof list === 'number') {
    const size = x.shape[normal]!;
    if (typeof size !== 'number' || size % list !== 0) {
      throw shapeError(`split: axis ${axis} of ${formatShape(x.shape)} does not divide into ${list} parts.`);
    }
    list = new Array<number>(list).fill(size / list);
  }
  if (list.length === 1) return [x];
  return x.graph.node('Split', [x, integers(x.graph, list)], { axis: normal }, { outputs: list.length });
}

/** Adds axes of size 1 at the given positions of the result. */
export function unsqueeze(x: Tensor, axes: number | readonly number[]): Tensor {
  const list = typeof axes === 'number' ? [axes] : axes;
  const rank = x.shape.length + list.length;
  const normal = list.map((axis) => normalizeAxis(axis, rank, 'unsqueeze'));
  return x.graph.node('Unsqueeze', [x, integers(x.graph, normal)])[0]!;
}

/** Removes axes of size 1. */
export function squeeze(x: Tensor, axes: number | readonly number[]): Tensor {
  const list = typeof axes === 'number' ? [axes] : axes;
  const normal = list.map((axis) => normalizeAxis(axis, x.shape.length, 'squeeze'));
  return x.graph.node('Squeeze', [x, integers(x.graph, normal)])[0]!;
}

/** Repeats axes of size 1 up to a shape; symbols must be dimensions of `like` (default: x). */
export function expand(x: Tensor, shape: readonly Dimension[], like: Tensor = x): Tensor {
  if (isStatic(shape)) return x.graph.node('Expand', [x, integers(x.graph, shape)])[0]!;
  return x.graph.node(
    'Expand',
    [x, runtimeShape(like, shape, 'expand')],
    {},
    { outputs: [{ type: x.type, shape: [...shape] }] },
  )[0]!;
}

/** Surrounds one axis with a constant. */
export function pad(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  const normal = normalizeAxis(axis, x.shape.length, 'pad');
  const scalar = x.type === 'float32' ? Float32Array.of(value) : Int32Array.of(value);
  return x.graph.node('Pad', [
    x,
    integers(x.graph, [before, after]),
    x.graph.constant(scalar, []),
    integers(x.graph, [normal]),
  ])[0]!;
}

/** Keeps the lower (or upper) triangle of the last two axes, zero elsewhere; `diagonal` shifts the border. */
export function triangle(
  x: Tensor,
  options: { readonly upper?: boolean | undefined; readonly diagonal?: number | undefined } = {},
): Tensor {
  const shift = x.graph.constant(BigInt64Array.of(BigInt(options.diagonal ?? 0)), []);
  return x.graph.node('Trilu', [x, shift], { upper: options.upper ? 1 : 0 })[0]!;
}

/** start, start + 1, … as int64 [count], for counts known at run time: pass scalars of shape []. */
export function range(start: Tensor, limit: Tensor, count: Dimension): Tensor {
  const step = start.graph.constant(
    start.type === 'int32'
      ? Int32Array.of(1)
      : start.type === 'float32'
        ? Float32Array.of(1)
        : BigInt64Array.of(1n),
    [],
  );
  return start.graph.node(
    'Range',
    [start, limit, step],
    {},
    { outputs: [{ type: start.type, shape: [count] }] },
  )[0]!;
}
