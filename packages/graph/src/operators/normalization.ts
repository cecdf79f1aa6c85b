/**
 * Fused normalisations over the last axis. ONNX Runtime does not fuse the primitive form when the weight is a
 * graph input, so the fused operators are emitted directly, and their second output is reused in the gradient.
 */
import { mul, sub } from '../functions/elementwise.js';
import { reduceMean } from '../functions/reduce.js';
import type { OperatorCall, OperatorFamily } from '../operator-definition.js';
import { formatShape, shapeError } from '../shape.js';
import type { Dimension, Tensor, TensorSpecification } from '../tensor.js';
import { requireType } from './inference.js';

function infer(call: OperatorCall, operator: string): TensorSpecification[] {
  const [x, ...weights] = call.inputs as [Tensor, ...Tensor[]];
  requireType(x, ['float32'], operator);
  const width = x.shape.at(-1);
  for (const weight of weights) {
    if (weight.shape.length !== 1 || weight.shape[0] !== width) {
      throw shapeError(`${operator}: weight ${formatShape(weight.shape)} must be [${width}].`);
    }
  }
  const perRow: Dimension[] = [...x.shape.slice(0, -1), 1];
  const statistics: TensorSpecification = { type: 'float32', shape: perRow };
  return [{ type: 'float32', shape: x.shape }, statistics, statistics];
}

/**
 * For y = x̂ · weight: the part of dLoss/dx̂ that survives the normalisation, times the inverse deviation.
 * `centred` also removes the mean (layer normalisation).
 */
function inputGradient(upstream: Tensor, normalized: Tensor, inverse: Tensor, centred: boolean): Tensor {
  const along = reduceMean(mul(upstream, normalized), -1, { keepDimensions: true });
  const kept = sub(upstream, mul(normalized, along));
  return mul(centred ? sub(kept, reduceMean(upstream, -1, { keepDimensions: true })) : kept, inverse);
}

export const normalizationOperators: OperatorFamily = {
  SimplifiedLayerNormalization: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int', epsilon: 'float' },
    optionalOutputs: true,
    infer: (call) => infer(call, 'SimplifiedLayerNormalization').slice(0, 2),
    gradient: ({ inputs, outputs, outputGradients, needs }) => {
      const [x, weight] = inputs as [Tensor, Tensor];
      const d = outputGradients[0]!;
      const normalized = mul(x, outputs[1]!);
      return [
        needs(0) ? inputGradient(weighted(d, weight), normalized, outputs[1]!, false) : undefined,
        needs(1) ? mul(d, normalized) : undefined,
      ];
    },
  },
  LayerNormalization: {
    domain: '',
    inputs: [3, 3],
    attributes: { axis: 'int', epsilon: 'float' },
    optionalOutputs: true,
    infer: (call) => infer(call, 'LayerNormalization'),
    gradient: ({ inputs, outputs, outputGradients, needs }) => {
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
  },
};

/** Saves the pass when the weight is the constant ones of a normalisation without parameters. */
function weighted(d: Tensor, weight: Tensor): Tensor {
  const source = weight.producer?.operator === 'Expand' ? weight.producer.inputs[0] : undefined;
  return source?.constant?.[0] === 1 ? d : mul(d, weight);
}
