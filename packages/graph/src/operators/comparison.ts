/** Comparisons and logic: bool results. */

import type { Operand } from '../tensors/tensor.js';
import { inferBroadcast, inferSame, requireType } from './inference.js';
import type { OperatorDefinition, OperatorFamily } from './operator-definition.js';

function comparison(operator: string): OperatorDefinition {
  return {
    domain: '',
    inputs: [2, 2],
    infer: (call) => inferBroadcast(call, operator, 'bool'),
  };
}

function logic(operator: string): OperatorDefinition {
  return {
    domain: '',
    inputs: [2, 2],
    infer: (call) => {
      for (const input of call.inputs as readonly Operand[]) requireType(input, ['bool'], operator);
      return inferBroadcast(call, operator);
    },
  };
}

export const comparisonOperators: OperatorFamily = {
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterOrEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessOrEqual: comparison('LessOrEqual'),
  And: logic('And'),
  Or: logic('Or'),
  Not: {
    domain: '',
    inputs: [1, 1],
    infer: (call) => {
      requireType(call.inputs[0]!, ['bool'], 'Not');
      return inferSame(call, 'Not');
    },
  },
};
