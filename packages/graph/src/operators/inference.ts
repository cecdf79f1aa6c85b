/** What the families' shape rules share: required inputs, type checks, constants read as axes. */
import { LlmError } from '@llm/core';
import { broadcastShapes, formatShape } from '../tensors/shape.js';
import type { Operand, TensorSpecification, TensorType } from '../tensors/tensor.js';
import type { OperatorCall } from './operator-definition.js';

function inputAt(call: OperatorCall, index: number, operator: string): Operand {
  const tensor = call.inputs[index];
  if (tensor === undefined) {
    throw new LlmError({
      code: 'graph/input-missing',
      message: `${operator} needs input ${index}.`,
    });
  }
  return tensor;
}

export function requireType(tensor: Operand, types: readonly TensorType[], operator: string): void {
  if (types.includes(tensor.type)) return;
  throw new LlmError({
    code: 'graph/type-mismatch',
    message: `${operator}: "${tensor.name}" ${formatShape(tensor.shape)} is ${tensor.type}, must be ${types.join(' or ')}.`,
  });
}

export function requireSameType(a: Operand, b: Operand, operator: string): void {
  if (a.type === b.type) return;
  throw new LlmError({
    code: 'graph/type-mismatch',
    message: `${operator}: "${a.name}" is ${a.type} but "${b.name}" is ${b.type}; cast one of them.`,
  });
}

/** The numbers of a constant; throws when the tensor is computed at run time. */
export function constantNumbers(tensor: Operand, operator: string): number[] {
  if (tensor.constant === undefined) {
    throw new LlmError({
      code: 'graph/constant-required',
      message: `${operator}: "${tensor.name}" must be a constant, or the node must declare its outputs.`,
    });
  }
  return Array.from(tensor.constant as ArrayLike<number | bigint>, Number);
}

/** Result of a broadcasting operator over inputs of one type. */
export function inferBroadcast(
  call: OperatorCall,
  operator: string,
  type?: TensorType,
): TensorSpecification[] {
  const first = inputAt(call, 0, operator);
  let shape = first.shape;
  for (let index = 1; index < call.inputs.length; index++) {
    const next = inputAt(call, index, operator);
    requireSameType(first, next, operator);
    shape = broadcastShapes(shape, next.shape, operator);
  }
  return [{ type: type ?? first.type, shape }];
}

/** Result of an operator that keeps its first input's type and shape. */
export function inferSame(call: OperatorCall, operator: string): TensorSpecification[] {
  const { type, shape } = inputAt(call, 0, operator);
  return [{ type, shape }];
}
