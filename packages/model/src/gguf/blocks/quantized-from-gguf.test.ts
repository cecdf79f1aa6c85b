/** Against `dequantize`, which is the `gguf` package of Python bit for bit. */
import { expect, test } from 'vitest';
import { randomBlocks } from '../../fixtures/gguf-blocks.js';
import { dequantizeTensor } from '../../weights/quantized-tensor.js';
import { tensorType } from '../tensor-types.js';
import { dequantize } from './dequantize.js';
import { quantizedFromGguf } from './quantized-from-gguf.js';

const linear = ['Q8_0', 'Q4_0', 'Q5_0', 'IQ4_NL', 'Q6_K', 'Q3_K'];
const withOffsets = ['Q4_1', 'Q5_1', 'Q4_K', 'Q5_K', 'Q2_K'];
const fourBits = ['Q4_0', 'Q4_1', 'Q4_K', 'Q3_K', 'Q2_K'];

test.each([...linear, ...withOffsets])('%s stands for the same numbers', (type) => {
  const blocks = 64;
  const bytes = randomBlocks(type, blocks);
  const shape = [8, (blocks / 8) * tensorType(type).blockElements];
  const quantized = quantizedFromGguf(type, bytes, shape);
  expect(quantized.bits).toBe(fourBits.includes(type) ? 4 : 8);
  expect(quantized.offsets !== undefined).toBe(withOffsets.includes(type));
  const expected = dequantize({ type, bytes, shape }).data;
  const found = dequantizeTensor(quantized).data;
  if (linear.includes(type)) {
    expect(found.findIndex((value, i) => value !== expected[i])).toBe(-1);
    return;
  }
  // Rounded a little elsewhere: a unit in the last place of the largest term.
  const { blockSize, scales, offsets } = quantized;
  let worst = 0;
  for (const [i, value] of expected.entries()) {
    const block = Math.floor(i / blockSize);
    const size = Math.abs(offsets![block]!) + 16 * Math.abs(scales[block]!);
    worst = Math.max(worst, Math.abs(found[i]! - value) / (size + 1e-30));
  }
  expect(worst).toBeLessThan(2 ** -22);
});

test('what cannot stay integers is refused by name', () => {
  expect(() => quantizedFromGguf('IQ2_XXS', new Uint8Array(66), [1, 256])).toThrow('Blocks of IQ2_XXS');
  expect(() => quantizedFromGguf('Q4_K', new Uint8Array(143), [1, 256])).toThrow(
    'have 144 bytes, and these have 143',
  );
});
