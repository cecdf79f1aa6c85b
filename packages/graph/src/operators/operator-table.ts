/** Every operator whose result the graph can infer: ONNX name → definition, joined from the families. */
import { LlmError } from '@llm/core';
import { comparisonOperators } from './comparison.js';
import { elementwiseOperators } from './elementwise.js';
import { indexingOperators } from './indexing.js';
import { matmulOperators } from './matmul.js';
import { movementOperators } from './movement.js';
import { normalizationOperators } from './normalization.js';
import type { OperatorDefinition, OperatorFamily } from './operator-definition.js';
import { quantizedOperators } from './quantized.js';
import { reduceOperators } from './reduce.js';
import { softmaxOperators } from './softmax.js';

export const operatorTable: OperatorFamily = {
  ...elementwiseOperators,
  ...comparisonOperators,
  ...matmulOperators,
  ...quantizedOperators,
  ...reduceOperators,
  ...movementOperators,
  ...normalizationOperators,
  ...softmaxOperators,
  ...indexingOperators,
};

/** The definition; throws `graph/operator-unknown` when it is required and missing. */
export function findOperator(name: string, required: boolean): OperatorDefinition | undefined {
  const definition = Object.hasOwn(operatorTable, name) ? operatorTable[name] : undefined;
  if (definition === undefined && required) {
    throw new LlmError({
      code: 'graph/operator-unknown',
      message: `"${name}" is not in the operator table: declare what it returns with { domain, outputs: [{ type, shape }] }.`,
    });
  }
  return definition;
}
