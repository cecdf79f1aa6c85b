/**
 * Matrix products. `FusedMatMul` (com.microsoft) transposes and scales for free, so no gradient ever needs a
 * Transpose or a scaling pass of its own.
 */

import { broadcastShapes, formatShape, sameShape, shapeError } from '../tensors/shape.js';
import type { Operand, TensorSpecification } from '../tensors/tensor.js';
import { requireType } from './inference.js';
import type { OperatorCall, OperatorDefinition, OperatorFamily } from './operator-definition.js';

function infer(call: OperatorCall, transposeA: boolean, transposeB: boolean): TensorSpecification[] {
  const [a, b] = call.inputs as [Operand, Operand];
  requireType(a, ['float32'], 'MatMul');
  requireType(b, ['float32'], 'MatMul');
  const fail = () =>
    shapeError(
      `MatMul: ${formatShape(a.shape)}${transposeA ? 'ᵀ' : ''} × ${formatShape(b.shape)}${transposeB ? 'ᵀ' : ''} does not fit.`,
    );
  if (a.shape.length < 2 || b.shape.length < 2) throw fail();
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  if ((transposeA ? rowsA : columnsA) !== (transposeB ? columnsB : rowsB)) throw fail();
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul');
  return [
    {
      type: 'float32',
      shape: [...batch, transposeA ? columnsA : rowsA, transposeB ? rowsB : columnsB],
    },
  ];
}

const matMulDefinition: OperatorDefinition = {
  domain: '',
  inputs: [2, 2],
  infer: (call) => infer(call, false, false),
};

const fusedMatMulDefinition: OperatorDefinition = {
  domain: 'com.microsoft',
  inputs: [2, 2],
  attributes: { transA: 'int', transB: 'int', alpha: 'float' },
  infer: (call) => infer(call, call.attributes.transA === 1, call.attributes.transB === 1),
};

/**
 * FusedMatMul for matrices, with the same attributes, where the fused one has no kernel or a matrix of the
 * result's shape is added to the product.
 */
const gemmDefinition: OperatorDefinition = {
  ...fusedMatMulDefinition,
  domain: '',
  inputs: [2, 3],
  infer: (call) => {
    for (const input of call.inputs) {
      if (input!.shape.length !== 2) throw shapeError(`Gemm: ${formatShape(input!.shape)} is not a matrix.`);
    }
    const product = fusedMatMulDefinition.infer(call);
    const added = call.inputs[2];
    if (added !== undefined && !sameShape(added.shape, product[0]!.shape))
      throw shapeError(
        `Gemm: ${formatShape(added.shape)} cannot be added to a product ${formatShape(product[0]!.shape)}.`,
      );
    return product;
  },
};

export const matmulOperators: OperatorFamily = {
  MatMul: matMulDefinition,
  FusedMatMul: fusedMatMulDefinition,
  Gemm: gemmDefinition,
};
