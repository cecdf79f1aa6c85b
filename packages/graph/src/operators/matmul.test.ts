import { describe, expect, test } from 'vitest';
import { matMul } from '../functions/matmul.js';
import type { Tensor } from '../graph/graph.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { matmulOperators } from './matmul.js';

describe('matrix products', () => {
  operatorChecks(
    { test, expect },
    matmulOperators,
    {
      MatMul: [
        {
          inputs: { a: { shape: [3, 4] }, b: { shape: [4, 2] } },
          build: ({ a, b }) => matMul(a!, b!),
          shapes: [[3, 2]],
        },
        {
          inputs: { a: { shape: [2, 3, 4] }, b: { shape: [4, 5] } },
          build: ({ a, b }) => matMul(a!, b!),
          shapes: [[2, 3, 5]],
        },
        {
          inputs: { a: { shape: [3, 4] }, b: { shape: [2, 4, 5] } },
          build: ({ a, b }) => matMul(a!, b!),
          shapes: [[2, 3, 5]],
        },
        {
          inputs: { a: { shape: [2, 1, 3, 4] }, b: { shape: [1, 3, 4, 2] } },
          build: ({ a, b }) => matMul(a!, b!),
          shapes: [[2, 3, 3, 2]],
        },
      ],
      Gemm: [
        ...[0, 1].flatMap((transA) =>
          [0, 1].map((transB) => ({
            inputs: { a: { shape: transA ? [4, 3] : [3, 4] }, b: { shape: transB ? [5, 4] : [4, 5] } },
            build: ({ a, b }: Readonly<Record<string, Tensor>>) =>
              a!.graph.node('Gemm', [a, b], { transA, transB, alpha: 0.5 }),
            shapes: [[3, 5]],
          })),
        ),
        {
          inputs: { a: { shape: [3, 4] }, b: { shape: [5, 4] }, c: { shape: [3, 5] } },
          build: ({ a, b, c }) => a!.graph.node('Gemm', [a, b, c], { transB: 1 }),
          shapes: [[3, 5]],
        },
      ],
      FusedMatMul: [false, true].flatMap((transposeA) =>
        [false, true].flatMap((transposeB) => [
          {
            inputs: {
              a: { shape: transposeA ? [4, 3] : [3, 4] },
              b: { shape: transposeB ? [5, 4] : [4, 5] },
            },
            build: ({ a, b }) => matMul(a!, b!, { transposeA, transposeB, alpha: 0.37 }),
            shapes: [[3, 5]],
          },
          {
            inputs: {
              a: { shape: transposeA ? [2, 2, 4, 3] : [2, 2, 3, 4] },
              b: { shape: transposeB ? [2, 2, 5, 4] : [2, 2, 4, 5] },
            },
            build: ({ a, b }) => matMul(a!, b!, { transposeA, transposeB, alpha: 2 }),
            shapes: [[2, 2, 3, 5]],
          },
          {
            inputs: {
              a: { shape: transposeA ? [2, 4, 3] : [2, 3, 4] },
              b: { shape: transposeB ? [5, 4] : [4, 5] },
            },
            build: ({ a, b }) => matMul(a!, b!, { transposeA, transposeB, alpha: -1 }),
            shapes: [[2, 3, 5]],
          },
        ]),
      ),
    },
    executorUnderTest(),
  );
});
