/**
 * A matrix that stays integers in memory: blocks of numbers of one row that share a scale, and an offset
 * where the format has one. What MatMulNBits of ONNX Runtime multiplies with.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import type { ScratchMemory } from './scratch-memory.js';

export interface QuantizedTensor {
  /** [rows, columns]; columns are a multiple of `blockSize`. */
  readonly shape: readonly number[];
  readonly bits: 4 | 8;
  /** Numbers of a row that share a scale: a power of two from 16. */
  readonly blockSize: number;
  /** [rows, blocks, blockSize · bits / 8]; of 4 bits two numbers a byte, the first in the low half. */
  readonly integers: Uint8Array;
  /** [rows, blocks] */
  readonly scales: Float32Array;
  /** [rows, blocks], w = scale · (q − 2^(bits − 1)) + offset; absent: 0 */
  readonly offsets?: Float32Array | undefined;
}

/**
 * A matrix of integers that is not held: its numbers are read from where they lie whenever they are asked
 * for, by a session that lays them out its own way, to be scored with or merged.
 */
export interface UnreadMatrix extends Pick<QuantizedTensor, 'shape' | 'bits' | 'blockSize'> {
  readonly hasOffsets: boolean;
  /** Rows from `start` up to `end`, by default all; in `memory` where they are not needed for long. */
  read(start?: number, end?: number, memory?: ScratchMemory): QuantizedTensor;
}

export type IntegerMatrix = QuantizedTensor | UnreadMatrix;

/** `stored`: as in `QuantizedTensor`; `bytes`: one byte a number, which a product without a kernel reads. */
export type IntegerForm = 'stored' | 'bytes';

/** A weight as a model takes it. */
export type WeightTensor = NamedTensor | IntegerMatrix;

export function isQuantized(tensor: WeightTensor): tensor is IntegerMatrix {
  return !('data' in tensor);
}

/** In memory, from now on if it is kept. */
export function numbersOf(matrix: IntegerMatrix, memory?: ScratchMemory): QuantizedTensor {
  return 'read' in matrix ? matrix.read(0, matrix.shape[0], memory) : matrix;
}

export function hasOffsets(matrix: IntegerMatrix): boolean {
  return 'read' in matrix ? matrix.hasOffsets : matrix.offsets !== undefined;
}

/** Throws `model/quantized-tensor-invalid` where its parts do not fit together. */
export function checkQuantized(name: string, tensor: QuantizedTensor): void {
  const { shape, bits, blockSize, integers, scales, offsets } = tensor;
  const [rows = 0, columns = 0] = shape;
  const blocks = (rows * columns) / blockSize;
  const problem =
    shape.length !== 2
      ? `its shape is [${shape.join(', ')}], not that of a matrix`
      : bits !== 4 && bits !== 8
        ? `it has ${String(bits)} bits; 4 and 8 are known`
        : !(blockSize >= 16 && Number.isInteger(Math.log2(blockSize)) && columns % blockSize === 0)
          ? `rows of ${columns} numbers are not blocks of ${blockSize}, which must be a power of two from 16`
          : integers.length !== (rows * columns * bits) / 8
            ? `it has ${integers.length} bytes of integers, ${(rows * columns * bits) / 8} are needed`
            : scales.length !== blocks || (offsets !== undefined && offsets.length !== blocks)
              ? `it has ${scales.length} scales and ${offsets?.length ?? 'no'} offsets for ${blocks} blocks`
              : undefined;
  if (problem === undefined) return;
  throw new LlmError({
    code: 'model/quantized-tensor-invalid',
    message: `The quantised weight "${name}" cannot be used: ${problem}.`,
    details: { tensor: name },
  });
}

/** Numbers 0…15, two a byte, the first in the low half. */
export function packNibbles(numbers: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(numbers.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = numbers[2 * i]! | (numbers[2 * i + 1]! << 4);
  return bytes;
}

/** One byte a number, [rows · columns]: the same integers, moved so that 128 stands for zero. */
export function bytesOfIntegers({ bits, integers }: QuantizedTensor): Uint8Array {
  if (bits === 8) return integers;
  const bytes = new Uint8Array(2 * integers.length);
  for (let i = 0; i < integers.length; i++) {
    bytes[2 * i] = (integers[i]! & 15) + 120;
    bytes[2 * i + 1] = (integers[i]! >> 4) + 120;
  }
  return bytes;
}

/** In float32, [rows, columns]. */
export function dequantizeTensor(matrix: IntegerMatrix): NamedTensor {
  const tensor = numbersOf(matrix);
  const { shape, blockSize, scales, offsets } = tensor;
  const bytes = bytesOfIntegers(tensor);
  const data = new Float32Array(bytes.length);
  for (let block = 0; block < scales.length; block++) {
    const scale = scales[block]!;
    const offset = offsets?.[block] ?? 0;
    const end = (block + 1) * blockSize;
    for (let i = block * blockSize; i < end; i++) data[i] = scale * (bytes[i]! - 128) + offset;
  }
  return { shape, data };
}
