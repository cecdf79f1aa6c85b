/** Softmax family. */

import { inferSame, requireType } from './inference.js';
import type { OperatorFamily } from './operator-definition.js';

export const softmaxOperators: OperatorFamily = {
  Softmax: {
    domain: '',
    inputs: [1, 1],
    attributes: { axis: 'int' },
    infer: (call) => {
      requireType(call.inputs[0]!, ['float32'], 'Softmax');
      return inferSame(call, 'Softmax');
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
  },
};
