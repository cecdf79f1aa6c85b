/** Normalisations over the last axis. The inverse deviation the forward kernel returns is reused. */
import { mul, sub } from '../functions/elementwise.js';
import { reduceMean } from '../functions/reduce.js';
import type { GradientFamily, Tensor } from '../graph.js';

/**
 * For y = x̂ · weight: the part of dLoss/dx̂ that survives the normalisation, times the inverse deviation.
 * `centred` also removes the mean (layer normalisation).
 */
function inputGradient(upstream: Tensor, normalized: Tensor, inverse: Tensor, centred: boolean): Tensor {
  const along = reduceMean(mul(upstream, normalized), -1, { keepDimensions: true });
  const kept = sub(upstream, mul(normalized, along));
  return mul(centred ? sub(kept, reduceMean(upstream, -1, { keepDimensions: true })) : kept, inverse);
}

/** Saves the pass when the weight is the constant ones of a normalisation without parameters. */
function weighted(d: Tensor, weight: Tensor): Tensor {
  const source = weight.producer?.operator === 'Expand' ? weight.producer.inputs[0] : undefined;
  return source?.constant?.[0] === 1 ? d : mul(d, weight);
}

export const normalizationGradients: GradientFamily = {
  SimplifiedLayerNormalization: ({ inputs, outputs, outputGradients, needs }) => {
    const [x, weight] = inputs as [Tensor, Tensor];
    const d = outputGradients[0]!;
    const normalized = mul(x, outputs[1]!);
    return [
      needs(0) ? inputGradient(weighted(d, weight), normalized, outputs[1]!, false) : undefined,
      needs(1) ? mul(d, normalized) : undefined,
    ];
  },
  LayerNormalization: ({ inputs, outputs, outputGradients, needs }) => {
    const [x, weight] = inputs as [Tensor, Tensor];
    const [, mean, inverse] = outputs as [Tensor, Tensor, Tensor];
    const d = outputGradients[0]!;
    const normalized = mul(sub(x, mean), inverse);
    return [
      needs(0) ? inputGradient(weighted(d, weight), normalized, inverse, true) : undefined,
      needs(1) ? mul(d, normalized) : undefined,
      d,
    ];
  },
};
