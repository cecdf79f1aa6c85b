/** Softmax family. */
import { exp, mul, sub } from '../functions/elementwise.js';
import { reduceSum } from '../functions/reduce.js';
import type { GradientFamily } from '../graph/graph.js';

export const softmaxGradients: GradientFamily = {
  // p · (d − Σ d p)
  Softmax: ({ attributes, outputs, outputGradients }) => {
    const p = outputs[0]!;
    const d = outputGradients[0]!;
    const along = reduceSum(mul(d, p), Number(attributes.axis ?? -1), { keepDimensions: true });
    return [mul(p, sub(d, along))];
  },
  // d − p Σ d
  LogSoftmax: ({ attributes, outputs, outputGradients }) => {
    const d = outputGradients[0]!;
    const total = reduceSum(d, Number(attributes.axis ?? -1), { keepDimensions: true });
    return [sub(d, mul(exp(outputs[0]!), total))];
  },
};
