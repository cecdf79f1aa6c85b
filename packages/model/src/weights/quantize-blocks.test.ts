import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { quantizeRows } from '../export/onnx/quantize-rows.js';
import { dequantizeMatrix, dequantizeRows } from '../fixtures/dequantize.js';
import { quantizeMatrix } from './quantize-blocks.js';

const random = createRandom(3);
const normal = Float32Array.from({ length: 1 << 15 }, () => random.normal());

/** Root mean square error over root mean square. */
function error(got: Float32Array): number {
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value * value, 0);
  return Math.sqrt(sum(got.map((value, i) => value - normal[i]!)) / sum(normal));
}

test('the error on normal weights', () => {
  expect(error(dequantizeMatrix(quantizeMatrix(normal, 256, 8)))).toBeLessThan(0.0055);
  // ggml's rule without a search, the largest weight at −8, has 0.0856.
  expect(error(dequantizeMatrix(quantizeMatrix(normal, 256, 4)))).toBeLessThan(0.082);
  expect(error(dequantizeRows(quantizeRows(normal, 256)))).toBeLessThan(0.0072);
});

test('what fits exactly stays: zeros, a short last block, both ends of the range', () => {
  const data = new Float32Array(40);
  data.set([-8, 7, 3, 0, -1]);
  data.set([1, -0.5], 38);
  for (const bits of [4, 8] as const) {
    const quantized = quantizeMatrix(data, 40, bits);
    expect(quantized).toMatchObject({ rows: 1, columns: 40, blocks: 2 });
    const worst = dequantizeMatrix(quantized).map((value, i) => Math.abs(value - data[i]!));
    expect(Math.max(...worst)).toBeLessThan(bits === 4 ? 1e-3 : 0.04);
  }
  expect([...dequantizeRows(quantizeRows(Float32Array.of(127, -127, 5, 0, 0, 0), 3))]).toEqual([
    127, -127, 5, 0, 0, 0,
  ]);
});
