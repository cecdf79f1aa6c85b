/**
 * Blocks of a GGUF file as the runtime multiplies with them, number for number: 4-bit codes stay 4 bits where
 * a scale and an offset say all of them, the rest become 8-bit codes. Scales and offsets become float32.
 */
import { LlmError } from '@llm/core';
import type { QuantizedTensor } from '../../weights/quantized-tensor.js';
import type { ScratchMemory } from '../../weights/scratch-memory.js';
import { tensorType } from '../tensor-types.js';
import { unevenSteps } from './blocks-of-32.js';
import { halfTable } from './half-table.js';

/** How the blocks of a type are taken apart. */
interface Repacking {
  readonly bits: 4 | 8;
  readonly blockSize: 16 | 32;
  readonly hasOffsets: boolean;
  /** Of the block of the file at `at`: its numbers from `to` on, its scales and offsets from `block` on. */
  take(bytes: Uint8Array, at: number, to: number, block: number, into: Parts): void;
}

interface Parts {
  /** 2^(bits − 1) for zero; of 4 bits two a byte, the first in the low half, and all 0 to begin with. */
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
}

const half = (bytes: Uint8Array, at: number): number => halfTable()[bytes[at]! | (bytes[at + 1]! << 8)]!;

/** Of `count` bytes from `from` on four bits each, from bit `shift` on, as numbers from `to` on. */
function nibbles(
  bytes: Uint8Array,
  from: number,
  count: number,
  shift: 0 | 4,
  to: number,
  codes: Uint8Array,
): void {
  for (let i = 0; i < count; i += 2)
    codes[(to + i) >> 1] = ((bytes[from + i]! >> shift) & 15) | (((bytes[from + i + 1]! >> shift) & 15) << 4);
}

/** Of blocks of 32, a byte holds an element of the first half and its partner 16 further on. */
function nibblesOf32(bytes: Uint8Array, from: number, to: number, codes: Uint8Array): void {
  const first = to >> 1;
  // Both halves in one pass, each byte read once: this is most of what reading a file of 4 bits takes.
  for (let i = 0; i < 8; i++) {
    const [even, odd] = [bytes[from + 2 * i]!, bytes[from + 2 * i + 1]!];
    codes[first + i] = (even & 15) | ((odd & 15) << 4);
    codes[first + 8 + i] = (even >> 4) | (odd & 240);
  }
}

/** The same, a byte each. */
function bytesOf32(bytes: Uint8Array, from: number, to: number, codes: Uint8Array): void {
  for (let i = 0; i < 16; i++) {
    codes[to + i] = bytes[from + i]! & 15;
    codes[to + 16 + i] = bytes[from + i]! >> 4;
  }
}

/** With a fifth bit each from 4 bytes at `high`. */
function fiveBits(
  bytes: Uint8Array,
  high: number,
  from: number,
  to: number,
  codes: Uint8Array,
  zero: number,
): void {
  bytesOf32(bytes, from, to, codes);
  for (let i = 0; i < 32; i++) codes[to + i]! += (((bytes[high + (i >> 3)]! >> (i & 7)) & 1) << 4) + zero;
}

/** Scale and minimum, 6 bits each, of sub-block `j` of a Q4_K or Q5_K block; 12 bytes from `at` hold all. */
function scaleAndMinimum(bytes: Uint8Array, at: number, j: number): [number, number] {
  if (j < 4) return [bytes[at + j]! & 63, bytes[at + j + 4]! & 63];
  const both = bytes[at + j + 4]!;
  return [(both & 15) | ((bytes[at + j - 4]! >> 6) << 4), (both >> 4) | ((bytes[at + j]! >> 6) << 4)];
}

const repackings: Readonly<Record<string, Repacking>> = {
  Q8_0: {
    bits: 8,
    blockSize: 32,
    hasOffsets: false,
    take(bytes, at, to, block, { codes, scales }) {
      scales[block] = half(bytes, at);
      for (let i = 0; i < 32; i++) codes[to + i] = bytes[at + 2 + i]! ^ 128;
    },
  },
  Q4_0: {
    bits: 4,
    blockSize: 32,
    hasOffsets: false,
    take(bytes, at, to, block, { codes, scales }) {
      scales[block] = half(bytes, at);
      nibblesOf32(bytes, at + 2, to, codes);
    },
  },
  Q4_1: {
    bits: 4,
    blockSize: 32,
    hasOffsets: true,
    take(bytes, at, to, block, { codes, scales, offsets }) {
      const scale = half(bytes, at);
      scales[block] = scale;
      offsets[block] = half(bytes, at + 2) + 8 * scale;
      nibblesOf32(bytes, at + 4, to, codes);
    },
  },
  Q5_0: {
    bits: 8,
    blockSize: 32,
    hasOffsets: false,
    take(bytes, at, to, block, { codes, scales }) {
      scales[block] = half(bytes, at);
      fiveBits(bytes, at + 2, at + 6, to, codes, 112);
    },
  },
  Q5_1: {
    bits: 8,
    blockSize: 32,
    hasOffsets: true,
    take(bytes, at, to, block, { codes, scales, offsets }) {
      scales[block] = half(bytes, at);
      offsets[block] = half(bytes, at + 2);
      fiveBits(bytes, at + 4, at + 8, to, codes, 128);
    },
  },
  IQ4_NL: {
    bits: 8,
    blockSize: 32,
    hasOffsets: false,
    take(bytes, at, to, block, { codes, scales }) {
      scales[block] = half(bytes, at);
      bytesOf32(bytes, at + 2, to, codes);
      for (let i = to; i < to + 32; i++) codes[i] = unevenSteps[codes[i]!]! + 128;
    },
  },
  Q4_K: {
    bits: 4,
    blockSize: 32,
    hasOffsets: true,
    take(bytes, at, to, block, { codes, scales, offsets }) {
      const [scale, least] = [half(bytes, at), half(bytes, at + 2)];
      for (let j = 0; j < 8; j++) {
        const [factor, minimum] = scaleAndMinimum(bytes, at + 4, j);
        scales[block + j] = scale * factor;
        offsets[block + j] = 8 * scale * factor - least * minimum;
        nibbles(bytes, at + 16 + 32 * (j >> 1), 32, j % 2 === 0 ? 0 : 4, to + 32 * j, codes);
      }
    },
  },
  Q5_K: {
    bits: 8,
    blockSize: 32,
    hasOffsets: true,
    take(bytes, at, to, block, { codes, scales, offsets }) {
      const [scale, least] = [half(bytes, at), half(bytes, at + 2)];
      for (let j = 0; j < 8; j++) {
        const [factor, minimum] = scaleAndMinimum(bytes, at + 4, j);
        scales[block + j] = scale * factor;
        offsets[block + j] = -least * minimum;
        const from = at + 48 + 32 * (j >> 1);
        for (let i = 0; i < 32; i++) {
          const low = (bytes[from + i]! >> (4 * (j & 1))) & 15;
          codes[to + 32 * j + i] = 128 + low + (((bytes[at + 16 + i]! >> j) & 1) << 4);
        }
      }
    },
  },
  Q6_K: {
    bits: 8,
    blockSize: 16,
    hasOffsets: false,
    take(bytes, at, to, block, { codes, scales }) {
      const scale = half(bytes, at + 208);
      for (let j = 0; j < 16; j++) scales[block + j] = scale * ((bytes[at + 192 + j]! << 24) >> 24);
      for (let i = 0; i < 256; i++) {
        const [part, lane] = [i >> 7, i & 31];
        const quarter = (i >> 5) & 3;
        const low = bytes[at + 64 * part + 32 * (quarter & 1) + lane]! >> (4 * (quarter >> 1));
        const high = bytes[at + 128 + 32 * part + lane]! >> (2 * quarter);
        codes[to + i] = 96 + ((low & 15) | ((high & 3) << 4));
      }
    },
  },
  Q3_K: {
    bits: 4,
    blockSize: 16,
    hasOffsets: false,
    take(bytes, at, to, block, { codes, scales }) {
      const scale = half(bytes, at + 108);
      for (let j = 0; j < 16; j++) {
        const low = j < 8 ? bytes[at + 96 + j]! & 15 : bytes[at + 88 + j]! >> 4;
        const high = (bytes[at + 104 + (j & 3)]! >> (2 * (j >> 2))) & 3;
        scales[block + j] = scale * ((low | (high << 4)) - 32);
      }
      for (let i = 0; i < 256; i++) {
        const [part, lane, quarter] = [i >> 7, i & 31, (i >> 5) & 3];
        const low = (bytes[at + 32 + 32 * part + lane]! >> (2 * quarter)) & 3;
        const high = (bytes[at + lane]! >> (4 * part + quarter)) & 1;
        codes[(to + i) >> 1]! |= (4 + low + 4 * high) << (4 * (i & 1));
      }
    },
  },
  Q2_K: {
    bits: 4,
    blockSize: 16,
    hasOffsets: true,
    take(bytes, at, to, block, { codes, scales, offsets }) {
      const [scale, least] = [half(bytes, at + 80), half(bytes, at + 82)];
      for (let j = 0; j < 16; j++) {
        scales[block + j] = scale * (bytes[at + j]! & 15);
        offsets[block + j] = -least * (bytes[at + j]! >> 4);
      }
      for (let i = 0; i < 256; i++) {
        const [part, lane, quarter] = [i >> 7, i & 31, (i >> 5) & 3];
        const code = 8 + ((bytes[at + 16 + 32 * part + lane]! >> (2 * quarter)) & 3);
        codes[(to + i) >> 1]! |= code << (4 * (i & 1));
      }
    },
  },
};

/** Whether `quantizedFromGguf` takes blocks of the type. */
export const isRepackable = (type: string): boolean => Object.hasOwn(repackings, type);

/** What `quantizedFromGguf` makes of blocks of a type that it takes. */
export function repackedForm(type: string): Pick<Repacking, 'bits' | 'blockSize' | 'hasOffsets'> {
  const { bits, blockSize, hasOffsets } = repackings[type]!;
  return { bits, blockSize, hasOffsets };
}

/**
 * `type` as ggml names it, `bytes` rows of blocks, `shape` [rows, columns]. Throws
 * `model/gguf-type-unsupported`, and `model/gguf-invalid` where the bytes are not those of the shape.
 */
export function quantizedFromGguf(
  type: string,
  bytes: Uint8Array,
  shape: readonly number[],
): QuantizedTensor {
  const repacking = isRepackable(type) ? repackings[type] : undefined;
  if (repacking === undefined)
    throw new LlmError({
      code: 'model/gguf-type-unsupported',
      message: `Blocks of ${type} cannot stay integers; those of ${Object.keys(repackings).join(', ')} can. Dequantise them, or convert the file with llama-quantize.`,
      details: { type },
    });
  const { blockElements, blockBytes } = tensorType(type);
  const [rows = 0, columns = 0] = shape;
  const count = rows * columns;
  const expected = (count / blockElements) * blockBytes;
  if (shape.length !== 2 || columns % blockElements !== 0 || bytes.length !== expected)
    throw new LlmError({
      code: 'model/gguf-invalid',
      message: `Blocks of ${type} of the shape [${shape.join(', ')}] have ${expected} bytes, and these have ${bytes.length}.`,
      details: { type, expected, found: bytes.length },
    });
  const matrix = emptyMatrix(type, shape);
  repack(type, bytes, matrix, 0);
  return matrix;
}

/** Zeros, for `repack`. */
export function emptyMatrix(
  type: string,
  shape: readonly number[],
  memory: Pick<ScratchMemory, 'bytes' | 'floats'> = ownMemory,
): QuantizedTensor {
  const { bits, blockSize, hasOffsets } = repackedForm(type);
  const count = shape[0]! * shape[1]!;
  const integers = memory.bytes((count * bits) / 8);
  const scales = memory.floats(count / blockSize);
  const offsets = hasOffsets ? memory.floats(count / blockSize) : undefined;
  return { shape, bits, blockSize, integers, scales, offsets };
}

const ownMemory = {
  bytes: (length: number) => new Uint8Array(length),
  floats: (length: number) => new Float32Array(length),
};

/** Whole rows of blocks, from row `row` of the matrix on. */
export function repack(type: string, bytes: Uint8Array, matrix: QuantizedTensor, row: number): void {
  const { take, blockSize } = repackings[type]!;
  const { blockElements, blockBytes } = tensorType(type);
  const { integers: codes, scales, offsets = noOffsets, shape } = matrix;
  const parts = { codes, scales, offsets };
  const first = row * shape[1]!;
  for (let at = 0, to = first; at < bytes.length; at += blockBytes, to += blockElements)
    take(bytes, at, to, to / blockSize, parts);
}

const noOffsets = new Float32Array(0);
