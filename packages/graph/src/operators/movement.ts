/** Operators that move elements. */

import {
  broadcastShapes,
  elementCount,
  formatShape,
  isStatic,
  normalizeAxis,
  shapeError,
  staticShape,
} from '../tensors/shape.js';
import type { Dimension, Operand } from '../tensors/tensor.js';
import { constantNumbers, inferSame, requireSameType } from './inference.js';
import type { OperatorCall, OperatorFamily } from './operator-definition.js';

function reshapedShape(x: Operand, target: readonly number[]): Dimension[] {
  const shape: Dimension[] = target.map((size, axis) => (size === 0 ? (x.shape[axis] ?? 0) : size));
  const open = shape.indexOf(-1);
  const fail = () => shapeError(`Reshape: ${formatShape(x.shape)} does not fit into ${formatShape(target)}.`);
  if (!isStatic(x.shape)) {
    if (open >= 0) {
      // Known sizes cancel; if exactly the same symbols are left on one side they name the open axis.
      const symbols = x.shape.filter(
        (dimension) => typeof dimension === 'string' && !shape.includes(dimension),
      );
      const known = (dimensions: readonly Dimension[]) =>
        elementCount(
          dimensions.filter(
            (dimension): dimension is number => typeof dimension === 'number' && dimension !== -1,
          ),
        );
      const rest = known(x.shape) / known(shape);
      shape[open] = [...symbols, ...(rest === 1 ? [] : [String(rest)])].join('*');
    }
    return shape;
  }
  const count = elementCount(x.shape);
  if (open >= 0) {
    const known = -elementCount(shape as number[]);
    if (known === 0 || count % known !== 0) throw fail();
    shape[open] = count / known;
  }
  if (elementCount(shape as number[]) !== count) throw fail();
  return shape;
}

function concatenatedShape(call: OperatorCall, axis: number): Dimension[] {
  const tensors = call.inputs as readonly Operand[];
  const first = tensors[0]!;
  const sizes: Dimension[] = tensors.map((tensor) => {
    requireSameType(first, tensor, 'Concat');
    const fits =
      tensor.shape.length === first.shape.length &&
      tensor.shape.every((dimension, other) => other === axis || dimension === first.shape[other]);
    if (!fits) {
      throw shapeError(
        `Concat: ${formatShape(first.shape)} and ${formatShape(tensor.shape)} differ beside axis ${axis}.`,
      );
    }
    return tensor.shape[axis]!;
  });
  const joined = isStatic(sizes) ? elementTotal(sizes) : sizes.join('+');
  return first.shape.map((dimension, other) => (other === axis ? joined : dimension));
}

function elementTotal(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

interface SliceBounds {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** Only steps of 1, one axis at a time: what `slice` writes. */
export function sliceBounds(inputs: readonly (Operand | undefined)[]): SliceBounds {
  const [x, starts, ends, axes] = inputs as [Operand, Operand, Operand, Operand];
  const axis = normalizeAxis(constantNumbers(axes, 'Slice')[0]!, x.shape.length, 'Slice');
  const [start] = constantNumbers(starts, 'Slice') as [number];
  const [end] = constantNumbers(ends, 'Slice') as [number];
  const size = x.shape[axis]!;
  if (typeof size === 'string') return { axis, start, end };
  const limit = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  return { axis, start: limit(start), end: Math.max(limit(end), limit(start)) };
}

export const movementOperators: OperatorFamily = {
  Reshape: {
    domain: '',
    inputs: [2, 2],
    infer: (call) => {
      const x = call.inputs[0]!;
      return [{ type: x.type, shape: reshapedShape(x, constantNumbers(call.inputs[1]!, 'Reshape')) }];
    },
  },
  Transpose: {
    domain: '',
    inputs: [1, 1],
    attributes: { perm: 'ints' },
    infer: (call) => {
      const { type, shape } = call.inputs[0]!;
      const perm = call.attributes.perm as readonly number[];
      if (perm.length !== shape.length || new Set(perm).size !== shape.length) {
        throw shapeError(`Transpose: order ${formatShape(perm)} does not fit shape ${formatShape(shape)}.`);
      }
      return [{ type, shape: perm.map((axis) => shape[axis]!) }];
    },
  },
  Concat: {
    domain: '',
    inputs: [1, Number.POSITIVE_INFINITY],
    attributes: { axis: 'int' },
    infer: (call) => {
      const first = call.inputs[0]!;
      const axis = normalizeAxis(Number(call.attributes.axis), first.shape.length, 'Concat');
      return [{ type: first.type, shape: concatenatedShape(call, axis) }];
    },
  },
  Slice: {
    domain: '',
    inputs: [4, 4],
    infer: (call) => {
      const x = call.inputs[0]!;
      const { axis, start, end } = sliceBounds(call.inputs);
      const size = x.shape[axis]!;
      const left =
        typeof size === 'number'
          ? end - start
          : start === 0 && end >= Number.MAX_SAFE_INTEGER
            ? size
            : start < 0 && end >= Number.MAX_SAFE_INTEGER
              ? -start
              : `${size}[${start}:${end}]`;
      return [
        { type: x.type, shape: x.shape.map((dimension, other) => (other === axis ? left : dimension)) },
      ];
    },
  },
  Split: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int' },
    infer: (call) => {
      const x = call.inputs[0]!;
      const axis = normalizeAxis(Number(call.attributes.axis ?? 0), x.shape.length, 'Split');
      const sizes = constantNumbers(call.inputs[1]!, 'Split');
      const total = sizes.reduce((sum, size) => sum + size, 0);
      if (typeof x.shape[axis] === 'number' && total !== x.shape[axis]) {
        throw shapeError(
          `Split: sizes ${formatShape(sizes)} do not add up to axis ${axis} of ${formatShape(x.shape)}.`,
        );
      }
      return sizes.map((size) => ({
        type: x.type,
        shape: x.shape.map((dimension, other) => (other === axis ? size : dimension)),
      }));
    },
  },
  Unsqueeze: {
    domain: '',
    inputs: [2, 2],
    infer: (call) => {
      const x = call.inputs[0]!;
      const axes = constantNumbers(call.inputs[1]!, 'Unsqueeze');
      const rest = [...x.shape];
      const shape = Array.from({ length: x.shape.length + axes.length }, (_, axis) =>
        axes.includes(axis) ? 1 : rest.shift()!,
      );
      return [{ type: x.type, shape }];
    },
  },
  Squeeze: {
    domain: '',
    inputs: [2, 2],
    infer: (call) => {
      const x = call.inputs[0]!;
      const axes = constantNumbers(call.inputs[1]!, 'Squeeze');
      if (axes.some((axis) => x.shape[axis] !== 1)) {
        throw shapeError(`Squeeze: axes ${formatShape(axes)} of ${formatShape(x.shape)} are not all 1.`);
      }
      return [{ type: x.type, shape: x.shape.filter((_, axis) => !axes.includes(axis)) }];
    },
  },
  Expand: {
    domain: '',
    inputs: [2, 2],
    infer: (call) => {
      const x = call.inputs[0]!;
      const target = constantNumbers(call.inputs[1]!, 'Expand');
      return [{ type: x.type, shape: broadcastShapes(x.shape, target, 'Expand') }];
    },
  },
  Pad: {
    domain: '',
    inputs: [4, 4],
    attributes: { mode: 'string' },
    infer: (call) => {
      const x = call.inputs[0]!;
      const [before, after] = constantNumbers(call.inputs[1]!, 'Pad') as [number, number];
      const [axis] = constantNumbers(call.inputs[3]!, 'Pad') as [number];
      const [size] = staticShape([x.shape[axis!]!], 'The padded axis') as [number];
      return [
        {
          type: x.type,
          shape: x.shape.map((dimension, other) => (other === axis ? size + before + after : dimension)),
        },
      ];
    },
  },
  Trilu: {
    domain: '',
    inputs: [2, 2],
    attributes: { upper: 'int' },
    infer: (call) => inferSame(call, 'Trilu'),
  },
  Shape: {
    domain: '',
    inputs: [1, 1],
    attributes: { start: 'int', end: 'int' },
    infer: (call) => {
      const { length } = call.inputs[0]!.shape;
      const { start = 0, end = length } = call.attributes;
      return [{ type: 'int64', shape: [Number(end) - Number(start)] }];
    },
  },
  Range: {
    domain: '',
    inputs: [3, 3],
    infer: (call) => {
      const [start, limit, step] = call.inputs.map((input) => constantNumbers(input!, 'Range')[0]!) as [
        number,
        number,
        number,
      ];
      return [{ type: call.inputs[0]!.type, shape: [Math.max(Math.ceil((limit - start) / step), 0)] }];
    },
  },
};
