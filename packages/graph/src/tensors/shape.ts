/** Arithmetic on shapes: axes, broadcasting (the NumPy and ONNX rule), element counts. */
import { LlmError } from '@llm/core';
import type { Dimension } from './tensor.js';

export function formatShape(shape: readonly Dimension[]): string {
  return `[${shape.join(', ')}]`;
}

export function shapeError(message: string): LlmError {
  return new LlmError({ code: 'graph/shape-mismatch', message });
}

export function isStatic(shape: readonly Dimension[]): shape is readonly number[] {
  return shape.every((dimension) => typeof dimension === 'number');
}

/** The shape as numbers; throws `graph/shape-not-static` when a dimension is symbolic. */
export function staticShape(shape: readonly Dimension[], what: string): readonly number[] {
  if (isStatic(shape)) return shape;
  throw new LlmError({
    code: 'graph/shape-not-static',
    message: `${what} needs a shape of numbers but got ${formatShape(shape)}: symbolic dimensions are for inference graphs.`,
  });
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, dimension) => count * dimension, 1);
}

export function sameShape(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Axis −1 is the last; throws when it lies outside the rank. */
export function normalizeAxis(axis: number, rank: number, what: string): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    throw shapeError(`${what}: axis ${axis} does not exist in a tensor of rank ${rank}.`);
  }
  return normal;
}

/**
 * The shape of an elementwise result. A symbol meets itself or 1; against a larger number the number wins.
 */
export function broadcastShapes(
  a: readonly Dimension[],
  b: readonly Dimension[],
  what: string,
): readonly Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    if (typeof left === 'string' && typeof right === 'number') return right;
    if (typeof right === 'string' && typeof left === 'number') return left;
    throw shapeError(`${what}: cannot broadcast ${formatShape(a)} with ${formatShape(b)} (axis ${axis}).`);
  });
}

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}
