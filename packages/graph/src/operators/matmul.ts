/**
 * Matrix products. `FusedMatMul` (com.microsoft) transposes and scales for free, so no gradient ever needs a
 * Transpose or a scaling pass of its own.
 */
import { matMul } from '../functions/matmul.js';
import { reshape } from '../functions/movement.js';
import type { OperatorCall, OperatorDefinition, OperatorFamily } from '../operator-definition.js';
import { broadcastShapes, formatShape, shapeError, staticShape } from '../shape.js';
import type { Tensor, TensorSpecification } from '../tensor.js';
import { requireType } from './inference.js';

function infer(call: OperatorCall, transposeA: boolean, transposeB: boolean): TensorSpecification[] {
  const [a, b] = call.inputs as [Tensor, Tensor];
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

/**
 * Y = α A' B' with A' = A or Aᵀ:  dA' = α dY B'ᵀ, dB' = α A'ᵀ dY, transposed again where the operand was.
 */
function gradients(
  inputs: readonly (Tensor | undefined)[],
  d: Tensor,
  transposeA: boolean,
  transposeB: boolean,
  alpha: number,
  needs: (input: number) => boolean,
): (Tensor | undefined)[] {
  const [a, b] = inputs as [Tensor, Tensor];
  let forA: Tensor | undefined;
  let forB: Tensor | undefined;
  if (needs(0)) {
    forA = transposeA
      ? matMul(b, d, { transposeA: transposeB, transposeB: true, alpha })
      : matMul(d, b, { transposeB: !transposeB, alpha });
  }
  if (needs(1)) {
    // A shared matrix under a batch: one product over all rows instead of one per batch entry and a sum.
    const flatten = b.shape.length === 2 && a.shape.length > 2 && !transposeA;
    const left = flatten ? rows(a) : a;
    const upstream = flatten ? rows(d) : d;
    forB = transposeB
      ? matMul(upstream, left, { transposeA: true, transposeB: transposeA, alpha })
      : matMul(left, upstream, { transposeA: !transposeA, alpha });
  }
  return [forA, forB];
}

function rows(x: Tensor): Tensor {
  return reshape(x, [-1, staticShape(x.shape, 'The gradient of MatMul').at(-1)!]);
}

const matMulDefinition: OperatorDefinition = {
  domain: '',
  inputs: [2, 2],
  infer: (call) => infer(call, false, false),
  gradient: ({ inputs, outputGradients, needs }) =>
    gradients(inputs, outputGradients[0]!, false, false, 1, needs),
};

const fusedMatMulDefinition: OperatorDefinition = {
  domain: 'com.microsoft',
  inputs: [2, 2],
  attributes: { transA: 'int', transB: 'int', alpha: 'float' },
  infer: (call) => infer(call, call.attributes.transA === 1, call.attributes.transB === 1),
  gradient: ({ inputs, attributes, outputGradients, needs }) =>
    gradients(
      inputs,
      outputGradients[0]!,
      attributes.transA === 1,
      attributes.transB === 1,
      Number(attributes.alpha ?? 1),
      needs,
    ),
};

/** FusedMatMul for matrices, with the same attributes, where the fused one has no kernel. The bias is not used. */
const gemmDefinition: OperatorDefinition = {
  ...fusedMatMulDefinition,
  domain: '',
  infer: (call) => {
    for (const input of call.inputs) {
      if (input!.shape.length !== 2) throw shapeError(`Gemm: ${formatShape(input!.shape)} is not a matrix.`);
    }
    return fusedMatMulDefinition.infer(call);
  },
};

export const matmulOperators: OperatorFamily = {
  MatMul: matMulDefinition,
  FusedMatMul: fusedMatMulDefinition,
  Gemm: gemmDefinition,
};
