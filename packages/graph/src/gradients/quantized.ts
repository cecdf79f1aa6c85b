/** Products with matrices of integers: those are fixed, only the other factor has a gradient. */
import { matMul } from '../functions/matmul.js';
import { dequantize } from '../functions/quantized.js';
import type { GradientFamily, Tensor } from '../graph/graph.js';

export const quantizedGradients: GradientFamily = {
  MatMulNBits: ({ inputs, attributes, outputGradients, needs }) => {
    if (!needs(0)) return [];
    const [, integers, scales] = inputs as [Tensor, Tensor, Tensor];
    const matrix = { integers, scales, columns: Number(attributes.K) };
    return [matMul(outputGradients[0]!, dequantize(matrix))];
  },
  GatherBlockQuantized: 'zero',
};
