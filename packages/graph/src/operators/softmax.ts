/** Softmax family. */
import { exp, mul, sub } from '../functions/elementwise.js';
import { reduceSum } from '../functions/reduce.js';
import type { OperatorFamily } from '../operator-definition.js';
import { inferSame, requireType } from './inference.js';

export const softmaxOperators: OperatorFamily = {
  Softmax: {
    domain: '',
    inputs: [1, 1],
    attributes: { axis: 'int' },
    infer: (call) => {
      requireType(call.inputs[0]!, ['float32'], 'Softmax');
      return inferSame(call, 'Softmax');
    },
    // p · (d − Σ d p)
    gradient: ({ attributes, outputs, outputGradients }) => {
      const p = outputs[0]!;
      const d = outputGradients[0]!;
      const along = reduceSum(mul(d, p), Number(attributes.axis ?? -1), { keepDimensions: true });
      return [mul(p, sub(d, along))];
    },
  },
  LogSoftmax: {
    domain: '',
    inputs: [1, 1],
    attributes: { axis: 'int' },
    infer: (call) => {
      requireType(call.inputs[0]!, ['float32'], 'LogSoftmax');
      return inferSame(call, 'LogSoftmax');
    },
    // d − p Σ d
    gradient: ({ attributes, outputs, outputGradients }) => {
      const d = outputGradients[0]!;
      const total = reduceSum(d, Number(attributes.axis ?? -1), { keepDimensions: true });
      return [sub(d, mul(exp(outputs[0]!), total))];
    },
  },
};
