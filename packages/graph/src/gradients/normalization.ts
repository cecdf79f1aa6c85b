/** Normalisations over the last axis. The inverse deviation the forward kernel returns is reused. */
import { mul, sub } from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { reshape } from '../functions/movement.js';
import { reduceMean } from '../functions/reduce.js';
import type { GradientFamily, Tensor } from '../graph/graph.js';

/**
 * For y = x̂ · weight + bias: the part of dLoss/dx̂ that
 * survives the normalisation, times the inverse deviation.
 */
function inputGradient(upstream: Tensor, normalized: Tensor, inverse: Tensor): Tensor {
  const along = reduceMean(mul(upstream, normalized), -1, { keepDimensions: true });
  const kept = sub(upstream, mul(normalized, along));
  return mul(sub(kept, reduceMean(upstream, -1, { keepDimensions: true })), inverse);
}

/** Saves the pass when the weight is the constant ones of a normalisation without parameters. */
function weighted(d: Tensor, weight: Tensor): Tensor {
  const source = weight.producer?.operator === 'Expand' ? weight.producer.inputs[0] : undefined;
  return source?.constant?.[0] === 1 ? d : mul(d, weight);
}

export const normalizationGradients: GradientFamily = {
  SimplifiedLayerNormalization: ({ inputs, outputs, outputGradients, needs }) => {
    const [x, weight] = inputs as [Tensor, Tensor];
    const inverse = outputs[1]!;
    const d = outputGradients[0]!;
    const width = x.shape.at(-1) as number;
    // Sums over rows and over columns of d · x are products with a vector: one pass over it makes both, and
    // what is left of the formula needs two factors per row.
    const product = reshape(mul(d, x), [-1, width]);
    const along = reshape(matMul(product, reshape(weight, [width, 1])), inverse.shape);
    const cubed = mul(mul(mul(inverse, inverse), inverse), 1 / width);
    return [
      needs(0) ? sub(mul(weighted(d, weight), inverse), mul(x, mul(along, cubed))) : undefined,
      needs(1) ? reshape(matMul(reshape(inverse, [1, -1]), product), [width]) : undefined,
    ];
  },
  LayerNormalization: ({ inputs, outputs, outputGradients, needs }) => {
    const [x, weight] = inputs as [Tensor, Tensor];
    const [, mean, inverse] = outputs as [Tensor, Tensor, Tensor];
    const d = outputGradients[0]!;
    const normalized = mul(sub(x, mean), inverse);
    return [
      needs(0) ? inputGradient(weighted(d, weight), normalized, inverse) : undefined,
      needs(1) ? mul(d, normalized) : undefined,
      d,
    ];
  },
};
