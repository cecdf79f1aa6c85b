/** Weights as ggml has them: F32, F16, and Q8_0 and Q4_0 in blocks of 32 with a half-precision scale. */
import type { NamedTensor } from '@llm/core';
import { halves } from '../export/halves.js';
import { blockSize, quantizeMatrix } from '../export/quantize-blocks.js';
import { bytesOf } from '../weights/bytes-of.js';
import type { GgufTensor } from './gguf-writer.js';

export type GgufDtype = 'f32' | 'f16' | 'q8_0' | 'q4_0';

/** Numbers of ggml.h, and bytes of a block of 32. */
const types: Readonly<Record<GgufDtype, { readonly code: number; readonly blockBytes: number }>> = {
  f32: { code: 0, blockBytes: 128 },
  f16: { code: 1, blockBytes: 64 },
  q8_0: { code: 8, blockBytes: 34 },
  q4_0: { code: 2, blockBytes: 18 },
};

export function ggufTensor(name: string, tensor: NamedTensor, dtype: GgufDtype): GgufTensor {
  const { code, blockBytes } = types[dtype];
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  return {
    type: code,
    shape: tensor.shape,
    byteLength: (count * blockBytes) / blockSize,
    read: () => encode(name, tensor, dtype),
  };
}

function encode(name: string, { shape, data }: NamedTensor, dtype: GgufDtype): Uint8Array {
  if (dtype === 'f32') return bytesOf(data);
  if (dtype === 'f16') return bytesOf(halves(data, name));
  const { scales, values } = quantizeMatrix(data, shape.at(-1)!, dtype === 'q8_0' ? 8 : 4);
  const { blockBytes } = types[dtype];
  const bytes = new Uint8Array(scales.length * blockBytes);
  for (const [block, scale] of scales.entries()) {
    const at = block * blockBytes;
    bytes[at] = scale & 255;
    bytes[at + 1] = scale >> 8;
    const quants = values.subarray(block * blockSize, (block + 1) * blockSize);
    // A byte of Q4_0 holds an element of the first half of the block and its partner 16 further on.
    for (let i = 0; i < blockBytes - 2; i++)
      bytes[at + 2 + i] = dtype === 'q8_0' ? quants[i]! : (quants[i]! + 8) | ((quants[i + 16]! + 8) << 4);
  }
  return bytes;
}
