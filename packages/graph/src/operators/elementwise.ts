/** Elementwise arithmetic and activations. */
import { typeOfElementCode } from '../tensors/element-types.js';
import { broadcastShapes } from '../tensors/shape.js';
import type { Operand, TensorType } from '../tensors/tensor.js';
import { inferBroadcast, inferSame, requireType } from './inference.js';
import type { OperatorDefinition, OperatorFamily } from './operator-definition.js';

const numbers: readonly TensorType[] = ['float32', 'int32', 'int64'];

function binary(operator: string): OperatorDefinition {
  return { domain: '', inputs: [2, 2], infer: (call) => inferBroadcast(call, operator) };
}

function unary(operator: string, types: readonly TensorType[] = numbers): OperatorDefinition {
  return {
    domain: '',
    inputs: [1, 1],
    infer: (call) => {
      requireType(call.inputs[0]!, types, operator);
      return inferSame(call, operator);
    },
  };
}

export const elementwiseOperators: OperatorFamily = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('Div'),
  Pow: binary('Pow'),
  Min: binary('Min'),
  Max: binary('Max'),
  Neg: unary('Neg'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Reciprocal: unary('Reciprocal'),
  Abs: unary('Abs'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tanh: unary('Tanh'),
  Sigmoid: unary('Sigmoid'),
  Softplus: unary('Softplus'),
  Erf: unary('Erf'),
  Relu: unary('Relu'),
  // A device's memory is filled through it.
  Identity: unary('Identity', [...numbers, 'float16']),
  HardSigmoid: {
    domain: '',
    inputs: [1, 1],
    attributes: { alpha: 'float', beta: 'float' },
    infer: (call) => inferSame(call, 'HardSigmoid'),
  },
  Gelu: {
    domain: '',
    inputs: [1, 1],
    attributes: { approximate: 'string' },
    infer: (call) => inferSame(call, 'Gelu'),
  },
  Clip: {
    domain: '',
    inputs: [3, 3],
    infer: (call) => {
      inferBroadcast(call, 'Clip');
      return inferSame(call, 'Clip');
    },
  },
  Where: {
    domain: '',
    inputs: [3, 3],
    infer: (call) => {
      const [condition, a, b] = call.inputs as [Operand, Operand, Operand];
      requireType(condition, ['bool'], 'Where');
      const [values] = inferBroadcast({ ...call, inputs: [a, b] }, 'Where');
      return [{ type: values!.type, shape: broadcastShapes(condition.shape, values!.shape, 'Where') }];
    },
  },
  Cast: {
    domain: '',
    inputs: [1, 1],
    attributes: { to: 'int' },
    infer: (call) => [
      {
        type: typeOfElementCode(Number(call.attributes.to))!,
        shape: call.inputs[0]!.shape,
      },
    ],
  },
};
