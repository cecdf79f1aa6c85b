/**
 * Fused normalisations over the last axis. ONNX Runtime does not fuse the primitive form when the weight is a
 * graph input, so the fused operators are emitted directly.
 */

import { formatShape, shapeError } from '../tensors/shape.js';
import type { Dimension, Operand, TensorSpecification } from '../tensors/tensor.js';
import { requireType } from './inference.js';
import type { OperatorCall, OperatorFamily } from './operator-definition.js';

function infer(call: OperatorCall, operator: string): TensorSpecification[] {
  const [x, ...weights] = call.inputs as [Operand, ...Operand[]];
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

export const normalizationOperators: OperatorFamily = {
  SimplifiedLayerNormalization: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int', epsilon: 'float' },
    optionalOutputs: true,
    infer: (call) => infer(call, 'SimplifiedLayerNormalization').slice(0, 2),
  },
  LayerNormalization: {
    domain: '',
    inputs: [3, 3],
    attributes: { axis: 'int', epsilon: 'float' },
    optionalOutputs: true,
    infer: (call) => infer(call, 'LayerNormalization'),
  },
};
