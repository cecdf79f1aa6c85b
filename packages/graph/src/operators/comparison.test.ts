import { describe, expect, test } from 'vitest';
import {
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
} from '../functions/elementwise.js';
import type { Tensor } from '../graph/graph.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import type { OperatorCase } from '../testing/operator-checks.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { comparisonOperators } from './comparison.js';

const numbers = { shape: [2, 3], values: [1, 2, 3, 3, 2, 1] };
const row = { shape: [3], values: [1, 2, 2] };

const comparison = (apply: (a: Tensor, b: Tensor) => Tensor): OperatorCase[] =>
  (['float32', 'int32', 'int64'] as const).map((type) => ({
    inputs: { a: { ...numbers, type }, b: { ...row, type } },
    build: ({ a, b }) => apply(a!, b!),
    shapes: [[2, 3]],
  }));

const truth = { type: 'bool', shape: [4] } as const;
const logic = (apply: (a: Tensor, b: Tensor) => Tensor): OperatorCase[] => [
  {
    inputs: { a: { ...truth, values: [0, 0, 1, 1] }, b: { ...truth, values: [0, 1, 0, 1] } },
    build: ({ a, b }) => apply(a!, b!),
    shapes: [[4]],
  },
];

describe('comparisons and logic', () => {
  operatorChecks(
    { test, expect },
    comparisonOperators,
    {
      Equal: comparison(equal),
      Greater: comparison(greater),
      GreaterOrEqual: comparison(greaterOrEqual),
      Less: comparison(less),
      LessOrEqual: comparison(lessOrEqual),
      And: logic(logicalAnd),
      Or: logic(logicalOr),
      Not: logic((a) => logicalNot(a)),
    },
    executorUnderTest(),
  );
});
