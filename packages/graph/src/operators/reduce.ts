/** Reductions and running sums. */

import { normalizeAxis } from '../tensors/shape.js';
import type { Dimension, Operand, TensorSpecification } from '../tensors/tensor.js';
import { constantNumbers, inferSame, requireType } from './inference.js';
import type { OperatorCall, OperatorDefinition, OperatorFamily } from './operator-definition.js';

/** The axes a reduction runs over, counted from the front. */
export function axesOf(inputs: readonly (Operand | undefined)[], operator: string): number[] {
  const rank = inputs[0]!.shape.length;
  if (inputs[1] === undefined) return inputs[0]!.shape.map((_, axis) => axis);
  return constantNumbers(inputs[1], operator).map((axis) => normalizeAxis(axis, rank, operator));
}

function reducedShape(shape: readonly Dimension[], axes: readonly number[], keep: boolean): Dimension[] {
  return shape.flatMap((dimension, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dimension]));
}

function infer(call: OperatorCall, operator: string): TensorSpecification[] {
  const x = call.inputs[0]!;
  requireType(x, ['float32', 'int32', 'int64'], operator);
  const axes = axesOf(call.inputs, operator);
  return [{ type: x.type, shape: reducedShape(x.shape, axes, call.attributes.keepdims !== 0) }];
}

function reduction(operator: string): OperatorDefinition {
  return {
    domain: '',
    inputs: [1, 2],
    attributes: { keepdims: 'int' },
    infer: (call) => infer(call, operator),
  };
}

export const reduceOperators: OperatorFamily = {
  ReduceSum: reduction('ReduceSum'),
  ReduceMean: reduction('ReduceMean'),
  ReduceMax: reduction('ReduceMax'),
  ReduceMin: reduction('ReduceMin'),
  ReduceSumSquare: reduction('ReduceSumSquare'),
  ReduceLogSumExp: reduction('ReduceLogSumExp'),
  ArgMax: {
    domain: '',
    inputs: [1, 1],
    attributes: { axis: 'int', keepdims: 'int' },
    infer: (call) => {
      const { shape } = call.inputs[0]!;
      const axis = normalizeAxis(Number(call.attributes.axis ?? 0), shape.length, 'ArgMax');
      return [{ type: 'int64', shape: reducedShape(shape, [axis], call.attributes.keepdims !== 0) }];
    },
  },
  CumSum: {
    domain: '',
    inputs: [2, 2],
    infer: (call) => inferSame(call, 'CumSum'),
  },
};
