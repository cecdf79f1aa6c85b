/** What a reference kernel is: plain loops over 64-bit floats, whatever the tensor's type. */
import type { AttributeValue } from '../operators/operator-definition.js';
import { broadcastShapes, elementCount, stridesOf } from '../tensors/shape.js';
import type { TensorType } from '../tensors/tensor.js';

/** Values of any tensor type as doubles; bool is 0 and 1. Integers are exact up to 2^53. */
export interface Numeric {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Kernel = (
  inputs: readonly Numeric[],
  attributes: Readonly<Record<string, AttributeValue>>,
  outputCount: number,
) => readonly Numeric[];

export type KernelFamily = Readonly<Record<string, Kernel>>;

/** Fills a tensor by calling `value` with each coordinate (reused between calls). */
export function generate(
  type: TensorType,
  shape: readonly number[],
  value: (coordinate: readonly number[], position: number) => number,
): Numeric {
  const data = new Float64Array(elementCount(shape));
  const coordinate = new Array<number>(shape.length).fill(0);
  for (let position = 0; position < data.length; position++) {
    data[position] = value(coordinate, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++coordinate[axis]! < shape[axis]!) break;
      coordinate[axis] = 0;
    }
  }
  return { type, shape, data };
}

/** Reads a tensor at the coordinate of a larger shape it broadcasts to. */
export function broadcastReader(x: Numeric, rank: number): (coordinate: readonly number[]) => number {
  const offset = rank - x.shape.length;
  const strides = stridesOf(x.shape).map((stride, axis) => (x.shape[axis] === 1 ? 0 : stride));
  return (coordinate) => {
    let position = 0;
    for (let axis = 0; axis < strides.length; axis++) position += coordinate[axis + offset]! * strides[axis]!;
    return x.data[position]!;
  };
}

/** Row-major position of a coordinate. */
export function positionOf(coordinate: readonly number[], strides: readonly number[]): number {
  let position = 0;
  for (let axis = 0; axis < strides.length; axis++) position += coordinate[axis]! * strides[axis]!;
  return position;
}

export function broadcastAll(tensors: readonly Numeric[]): readonly number[] {
  return tensors
    .map(({ shape }) => shape)
    .reduce((joined, shape) => broadcastShapes(joined, shape, 'broadcast') as readonly number[]);
}

/** Splits a shape at an axis: elements before, along and after it. */
function around(shape: readonly number[], axis: number): { before: number; along: number; after: number } {
  return {
    before: elementCount(shape.slice(0, axis)),
    along: shape[axis]!,
    after: elementCount(shape.slice(axis + 1)),
  };
}

/** Calls `visit` with the positions of each line of elements along an axis. */
export function forEachLine(
  shape: readonly number[],
  axis: number,
  visit: (positions: readonly number[]) => void,
): void {
  const { before, along, after } = around(shape, axis);
  const positions = new Array<number>(along).fill(0);
  for (let outer = 0; outer < before; outer++) {
    for (let inner = 0; inner < after; inner++) {
      for (let step = 0; step < along; step++) positions[step] = (outer * along + step) * after + inner;
      visit(positions);
    }
  }
}
