import { describe, expect, test } from 'vitest';
import { constantScalar, integers } from '../functions/constants.js';
import {
  type ReduceOptions,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceSum,
  reduceSumSquare,
} from '../functions/reduce.js';
import type { Tensor } from '../graph/graph.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import type { OperatorCase } from '../testing/operator-checks.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { reduceOperators } from './reduce.js';

type Reduce = (x: Tensor, axes?: number | readonly number[], options?: ReduceOptions) => Tensor;

const reduction = (reduce: Reduce, values: 'normal' | 'distinct' = 'normal'): OperatorCase[] => [
  {
    inputs: { x: { shape: [2, 3, 4], values } },
    build: ({ x }) => [
      reduce(x!, -1),
      reduce(x!, [0, 2]),
      reduce(x!, 1, { keepDimensions: true }),
      reduce(x!),
    ],
    shapes: [[2, 3], [3], [2, 1, 4], []],
  },
];

describe('reductions', () => {
  operatorChecks(
    { test, expect },
    reduceOperators,
    {
      ReduceSum: reduction(reduceSum),
      ReduceMean: reduction(reduceMean),
      ReduceMax: reduction(reduceMax, 'distinct'),
      ReduceMin: [
        {
          inputs: { x: { shape: [2, 3, 4], values: 'distinct' } },
          build: ({ x }) =>
            [[-1], [0, 2], [1], [0, 1, 2]].flatMap((axes, index) =>
              x!.graph.node('ReduceMin', [x!, integers(x!.graph, axes)], { keepdims: index === 2 ? 1 : 0 }),
            ),
          shapes: [[2, 3], [3], [2, 1, 4], []],
        },
      ],
      ReduceSumSquare: reduction(reduceSumSquare),
      ReduceLogSumExp: reduction(reduceLogSumExp),
      ArgMax: [
        {
          inputs: { x: { shape: [3, 4], values: [1, 5, 5, 2, 0, 0, 0, 0, -3, -2, -1, -4] } },
          build: ({ x }) => [
            ...x!.graph.node('ArgMax', [x!], { axis: -1, keepdims: 0 }),
            ...x!.graph.node('ArgMax', [x!], { axis: 0, keepdims: 1 }),
          ],
          shapes: [[3], [1, 4]],
        },
      ],
      CumSum: [
        {
          inputs: { x: { shape: [3, 4] } },
          build: ({ x }) =>
            [0, 1].flatMap((axis) => x!.graph.node('CumSum', [x!, constantScalar(x!.graph, axis, 'int64')])),
          shapes: [
            [3, 4],
            [3, 4],
          ],
        },
      ],
    },
    executorUnderTest(),
  );
});
