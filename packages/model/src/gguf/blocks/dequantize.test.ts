/** Against `gguf.quants.dequantize` of Python, recorded by tooling/oracles/model/gguf_blocks.py. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomBlocks } from '../../fixtures/gguf-blocks.js';
import { tensorType } from '../tensor-types.js';
import { dequantize } from './dequantize.js';

const recorded = JSON.parse(readFileSync(new URL('./dequantized.json', import.meta.url), 'utf8')) as {
  readonly blocks: number;
  readonly types: Readonly<Record<string, { bytes: string; values: string; first: number[] }>>;
};

const hash = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');

test.each(Object.entries(recorded.types))('%s, bit for bit', (type, { bytes, values, first }) => {
  const blocks = randomBlocks(type, recorded.blocks);
  expect(hash(blocks)).toBe(bytes);
  const shape = [recorded.blocks, tensorType(type).blockElements];
  const { data } = dequantize({ shape, type, bytes: blocks });
  expect([...data.subarray(0, 4)]).toEqual(first);
  expect(hash(data)).toBe(values);
});

test('another type is refused with the list of those that are read', () => {
  expect(() => dequantize({ shape: [256], type: 'IQ2_XXS', bytes: new Uint8Array(66) })).toThrow(
    'stored as IQ2_XXS; F32, F16, BF16, Q8_0',
  );
  expect(() => dequantize({ shape: [32], type: 'Q8_0', bytes: new Uint8Array(33) })).toThrow(
    'have 34 bytes, and these have 33',
  );
});
