/** Weights as a GGUF file stores them, by the type's name in ggml. */
import type { NamedTensor } from '@llm/core';
import { bytesOf } from '../weights/bytes-of.js';
import { halves } from '../weights/halves.js';
import { quantizeQ4_0, quantizeQ5_0, quantizeQ8_0 } from './blocks/quantize-blocks-of-32.js';
import { quantizeQ4_K, quantizeQ5_K, quantizeQ6_K } from './blocks/quantize-blocks-of-256.js';
import type { GgufTensor } from './gguf-writer.js';
import { tensorType } from './tensor-types.js';

type Encoder = (data: Float32Array, columns: number, name: string) => Uint8Array;

const encoders = {
  F32: bytesOf,
  F16: (data, _, name) => bytesOf(halves(data, name)),
  Q8_0: quantizeQ8_0,
  Q4_0: quantizeQ4_0,
  Q5_0: quantizeQ5_0,
  Q4_K: quantizeQ4_K,
  Q5_K: quantizeQ5_K,
  Q6_K: quantizeQ6_K,
} satisfies Readonly<Record<string, Encoder>>;

/** Those that are written. */
export type StoredType = keyof typeof encoders;

/** Encoded when its turn comes. */
export function encodedTensor(name: string, { shape, data }: NamedTensor, stored: StoredType): GgufTensor {
  const { code, blockElements, blockBytes } = tensorType(stored);
  const count = shape.reduce((product, size) => product * size, 1);
  const encode: Encoder = encoders[stored];
  return {
    type: code,
    shape,
    byteLength: (count / blockElements) * blockBytes,
    read: () => encode(data, shape.at(-1)!, name),
  };
}
