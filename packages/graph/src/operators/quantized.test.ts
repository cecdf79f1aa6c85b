import { describe, expect, test } from 'vitest';
import { gatherQuantized, matMulQuantized } from '../functions/quantized.js';
import type { Tensor } from '../graph/graph.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import type { CaseInput, OperatorCase } from '../testing/operator-checks.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { quantizedOperators } from './quantized.js';

/** Three rows of two blocks of 16. */
const columns = 32;
const bytes = (bits: number): CaseInput => {
  const size = (16 * bits) / 8;
  return {
    shape: [3, 2, size],
    type: 'uint8',
    values: Array.from({ length: 6 * size }, (_, i) => (i * 73 + 11) % 256),
  };
};
const blocks: CaseInput = { shape: [3, 2], values: 'positive' };

interface Inputs {
  readonly x?: Tensor;
  readonly integers?: Tensor;
  readonly scales?: Tensor;
  readonly offsets?: Tensor;
}
const matrixOf = ({ integers, scales, offsets }: Inputs) => ({
  columns,
  integers: integers!,
  scales: scales!,
  offsets,
});

const product = (bits: number, inputs: Readonly<Record<string, CaseInput>> = {}): OperatorCase => ({
  inputs: { x: { shape: [2, 4, columns] }, integers: bytes(bits), scales: blocks, ...inputs },
  build: (tensors: Inputs) => matMulQuantized(tensors.x!, matrixOf(tensors)),
  shapes: [[2, 4, 3]],
  gradients: ['x'],
});

const lookUp = (bits: number, inputs: Readonly<Record<string, CaseInput>> = {}): OperatorCase => ({
  inputs: {
    indices: { shape: [2, 2], type: 'int32', values: [2, 0, 1, 2] },
    integers: bytes(bits),
    scales: blocks,
    ...inputs,
  },
  build: (tensors: Inputs & { readonly indices?: Tensor }) =>
    gatherQuantized(matrixOf(tensors), tensors.indices!),
  shapes: [[2, 2, columns]],
  gradients: [],
});

describe('matrices of integers', () => {
  operatorChecks(
    { test, expect },
    quantizedOperators,
    {
      MatMulNBits: [product(8), product(4), product(4, { offsets: blocks }), product(8, { offsets: blocks })],
      GatherBlockQuantized: [lookUp(8), lookUp(4), lookUp(4, { offsets: blocks })],
    },
    executorUnderTest(),
  );
});
