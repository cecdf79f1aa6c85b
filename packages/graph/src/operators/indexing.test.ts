import { describe, expect, test } from 'vitest';
import { integers } from '../functions/constants.js';
import { gather, gatherElements, scatterElements } from '../functions/indexing.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { indexingOperators } from './indexing.js';

const table = { shape: [5, 3] };

describe('indexing', () => {
  operatorChecks(
    { test, expect },
    indexingOperators,
    {
      Gather: (['int32', 'int64'] as const).flatMap((type) => [
        {
          inputs: { table, ids: { type, shape: [6], values: [4, 0, 2, 2, 4, 4] } },
          build: ({ table, ids }) => gather(table!, ids!),
          shapes: [[6, 3]],
        },
        {
          inputs: { table, ids: { type, shape: [2, 2], values: [2, 0, 2, 2] } },
          build: ({ table, ids }) => [gather(table!, ids!, 1), gather(table!, ids!, 0)],
          shapes: [
            [5, 2, 2],
            [2, 2, 3],
          ],
        },
      ]),
      GatherElements: [
        {
          inputs: { table, ids: { type: 'int32', shape: [5, 2], values: [0, 0, 1, 2, 2, 2, 0, 1, 1, 1] } },
          build: ({ table, ids }) => gatherElements(table!, ids!, 1),
          shapes: [[5, 2]],
        },
        {
          inputs: { table, ids: { type: 'int64', shape: [2, 3], values: [4, 4, 0, 4, 1, 0] } },
          build: ({ table, ids }) => gatherElements(table!, ids!, 0),
          shapes: [[2, 3]],
        },
      ],
      ScatterElements: [
        {
          inputs: {
            table,
            ids: { type: 'int32', shape: [2, 3], values: [4, 1, 0, 4, 1, 2] },
            updates: { shape: [2, 3] },
          },
          build: ({ table, ids, updates }) =>
            scatterElements(table!, ids!, updates!, { axis: 0, reduction: 'add' }),
          shapes: [[5, 3]],
        },
        {
          inputs: {
            table,
            ids: { type: 'int64', shape: [5, 1], values: [2, 1, 0, 0, 1] },
            updates: { shape: [5, 1] },
          },
          build: ({ table, ids, updates }) => scatterElements(table!, ids!, updates!),
          shapes: [[5, 3]],
        },
      ],
      TopK: [
        {
          inputs: { x: { shape: [2, 6], values: 'distinct' } },
          build: ({ x }) =>
            x!.graph.node('TopK', [x!, integers(x!.graph, [3])], { axis: -1 }, { outputs: 2 }),
          shapes: [
            [2, 3],
            [2, 3],
          ],
        },
      ],
    },
    executorUnderTest(),
  );
});
