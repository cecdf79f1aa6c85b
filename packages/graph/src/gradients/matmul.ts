/**
 * Matrix products: FusedMatMul transposes and scales for
 * free, so no gradient needs a Transpose or a pass to scale.
 */
import { matMul } from '../functions/matmul.js';
import { reshape } from '../functions/movement.js';
import type { GradientFamily, GradientRule, Tensor } from '../graph/graph.js';
import { staticShape } from '../tensors/shape.js';

/**
 * Y = α A' B' with A' = A or Aᵀ:  dA' = α dY B'ᵀ, dB' = α A'ᵀ dY, transposed again where the operand was.
 */
const product: GradientRule = ({ inputs, attributes, outputGradients, needs }) => {
  const [a, b] = inputs as [Tensor, Tensor];
  const d = outputGradients[0]!;
  const transposeA = attributes.transA === 1;
  const transposeB = attributes.transB === 1;
  const alpha = Number(attributes.alpha ?? 1);
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
  // A third operand is added to the product.
  return inputs.length < 3 ? [forA, forB] : [forA, forB, d];
};

function rows(x: Tensor): Tensor {
  return reshape(x, [-1, staticShape(x.shape, 'The gradient of MatMul').at(-1)!]);
}

export const matmulGradients: GradientFamily = { MatMul: product, FusedMatMul: product, Gemm: product };
