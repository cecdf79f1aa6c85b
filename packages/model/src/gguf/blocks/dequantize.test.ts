/** Against `gguf.quants.dequantize` of Python, recorded by tooling/oracles/model/gguf_blocks.py. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tensorType } from '../tensor-types.js';
import { dequantize } from './dequantize.js';

const recorded = JSON.parse(readFileSync(new URL('./dequantized.json', import.meta.url), 'utf8')) as {
  readonly blocks: number;
  readonly types: Readonly<Record<string, { bytes: string; values: string; first: number[] }>>;
};

/** Where half-precision numbers stand in a block. */
const halves: Readonly<Record<string, readonly number[]>> = {
  F16: [0],
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q8_0: [0],
  IQ4_NL: [0],
  Q2_K: [80, 82],
  Q3_K: [108],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
};

/** The bytes of the oracle: random, without infinities and NaN. */
function randomBlocks(type: string): Uint8Array {
  const { code, blockBytes } = tensorType(type);
  const bytes = Uint8Array.from({ length: recorded.blocks * blockBytes }, (_, index) => {
    let x = (Math.imul(index, 2654435761) + code * 40503) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 3266489917) >>> 0;
    return (x ^ (x >>> 16)) & 255;
  });
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (const half of halves[type] ?? [])
      if ((bytes[at + half + 1]! & 0x7c) === 0x7c) bytes[at + half + 1]! ^= 0x40;
    if (halves[type] === undefined && (bytes[at + blockBytes - 1]! & 0x7f) === 0x7f)
      bytes[at + blockBytes - 2]! &= 0x7f;
  }
  return bytes;
}

const hash = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');

test.each(Object.entries(recorded.types))('%s, bit for bit', (type, { bytes, values, first }) => {
  const blocks = randomBlocks(type);
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
