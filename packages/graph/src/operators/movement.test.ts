import { describe, expect, test } from 'vitest';
import { constantScalar } from '../functions/constants.js';
import { mul } from '../functions/elementwise.js';
import {
  concat,
  dimensionOf,
  expand,
  pad,
  range,
  reshape,
  slice,
  split,
  squeeze,
  transpose,
  triangle,
  unsqueeze,
} from '../functions/movement.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { movementOperators } from './movement.js';

const cube = { x: { shape: [2, 3, 4] } };

describe('movement', () => {
  operatorChecks(
    { test, expect },
    movementOperators,
    {
      Reshape: [
        {
          inputs: cube,
          build: ({ x }) => [reshape(x!, [6, 4]), reshape(x!, [-1, 8]), reshape(x!, [24])],
          shapes: [[6, 4], [3, 8], [24]],
        },
      ],
      Transpose: [
        {
          inputs: cube,
          build: ({ x }) => [transpose(x!, [1, 2, 0]), transpose(x!)],
          shapes: [
            [3, 4, 2],
            [4, 3, 2],
          ],
        },
      ],
      Concat: [
        {
          inputs: { x: { shape: [2, 3] }, y: { shape: [2, 1] } },
          build: ({ x, y }) => [concat([x!, y!, x!], 1), concat([x!, x!], -2)],
          shapes: [
            [2, 7],
            [4, 3],
          ],
        },
        // More than a shader can bind.
        {
          inputs: { x: { shape: [2, 40] } },
          build: ({ x }) => [concat([...split(x!, 1, 40), mul(x!, 2)], 1)],
          shapes: [[2, 80]],
        },
      ],
      Slice: [
        {
          inputs: cube,
          build: ({ x }) => [slice(x!, 2, 1, 3), slice(x!, 1, -2), slice(x!, 0, 1), slice(x!, -1, 0, -1)],
          shapes: [
            [2, 3, 2],
            [2, 2, 4],
            [1, 3, 4],
            [2, 3, 3],
          ],
        },
      ],
      Split: [
        {
          inputs: cube,
          build: ({ x }) => split(x!, 2, [1, 3]),
          shapes: [
            [2, 3, 1],
            [2, 3, 3],
          ],
        },
        { inputs: cube, build: ({ x }) => split(x!, 1, 3)[1]!, shapes: [[2, 1, 4]] },
        {
          inputs: { x: { shape: [65, 2] } },
          build: ({ x }) => {
            const parts = split(x!, 0, [2, ...new Array<number>(63).fill(1)]);
            return [parts[0]!, parts[7]!, parts[8]!, parts.at(-1)!];
          },
          shapes: [
            [2, 2],
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        },
      ],
      Unsqueeze: [
        {
          inputs: { x: { shape: [3, 2] } },
          build: ({ x }) => [unsqueeze(x!, -1), unsqueeze(x!, [0, 2])],
          shapes: [
            [3, 2, 1],
            [1, 3, 1, 2],
          ],
        },
      ],
      Squeeze: [
        {
          inputs: { x: { shape: [1, 3, 1] } },
          build: ({ x }) => [squeeze(x!, -1), squeeze(x!, [0, 2])],
          shapes: [[1, 3], [3]],
        },
      ],
      Expand: [
        {
          inputs: { x: { shape: [3, 1] } },
          build: ({ x }) => [expand(x!, [2, 3, 4]), expand(x!, [3, 2])],
          shapes: [
            [2, 3, 4],
            [3, 2],
          ],
        },
      ],
      Pad: [
        {
          inputs: cube,
          build: ({ x }) => [pad(x!, 1, 2, 1), pad(x!, -1, 0, 1, 9)],
          shapes: [
            [2, 6, 4],
            [2, 3, 5],
          ],
        },
      ],
      Trilu: [
        {
          inputs: { x: { shape: [2, 4, 4] } },
          build: ({ x }) => [
            triangle(x!),
            triangle(x!, { upper: true, diagonal: 1 }),
            triangle(x!, { diagonal: -1 }),
          ],
          shapes: [
            [2, 4, 4],
            [2, 4, 4],
            [2, 4, 4],
          ],
        },
      ],
      Shape: [
        { inputs: cube, build: ({ x }) => [dimensionOf(x!, 1), dimensionOf(x!, -1)], shapes: [[1], [1]] },
      ],
      Range: [
        {
          inputs: { x: { shape: [2] } },
          build: ({ x }) => {
            const zero = constantScalar(x!.graph, 0, 'int64');
            return range(zero, mul(constantScalar(x!.graph, 5, 'int64'), 1), 5);
          },
          shapes: [[5]],
        },
      ],
    },
    executorUnderTest(),
  );
});
