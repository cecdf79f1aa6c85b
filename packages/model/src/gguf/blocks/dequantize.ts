/** Blocks of a GGUF file → float32, bit for bit what the `gguf` package of Python makes of them. */
import { LlmError, type NamedTensor } from '@llm/core';
import { tensorType } from '../tensor-types.js';
import {
  dequantizeIQ4_NL,
  dequantizeQ4_0,
  dequantizeQ4_1,
  dequantizeQ5_0,
  dequantizeQ5_1,
  dequantizeQ8_0,
} from './blocks-of-32.js';
import {
  dequantizeQ2_K,
  dequantizeQ3_K,
  dequantizeQ4_K,
  dequantizeQ5_K,
  dequantizeQ6_K,
} from './blocks-of-256.js';
import { dequantizeBF16, dequantizeF16, dequantizeF32 } from './floats.js';
import type { Dequantizer, GgufBlocks } from './gguf-blocks.js';

const dequantizers: ReadonlyMap<string, Dequantizer> = new Map([
  ['F32', dequantizeF32],
  ['F16', dequantizeF16],
  ['BF16', dequantizeBF16],
  ['Q8_0', dequantizeQ8_0],
  ['Q4_0', dequantizeQ4_0],
  ['Q4_1', dequantizeQ4_1],
  ['Q5_0', dequantizeQ5_0],
  ['Q5_1', dequantizeQ5_1],
  ['Q2_K', dequantizeQ2_K],
  ['Q3_K', dequantizeQ3_K],
  ['Q4_K', dequantizeQ4_K],
  ['Q5_K', dequantizeQ5_K],
  ['Q6_K', dequantizeQ6_K],
  ['IQ4_NL', dequantizeIQ4_NL],
]);

/** Throws `model/gguf-type-unsupported`; `tensor` and `file` name it in the error. */
export function checkDequantizable(type: string, tensor: string, file: string): void {
  if (dequantizers.has(type)) return;
  throw new LlmError({
    code: 'model/gguf-type-unsupported',
    message: `Tensor "${tensor}" of ${file} is stored as ${type}; ${[...dequantizers.keys()].join(', ')} are read. Convert it with llama-quantize, or take another file of the model.`,
    details: { file, tensor, type },
  });
}

/** As float32. Throws `model/gguf-type-unsupported`, and `model/gguf-invalid` where the bytes are too few. */
export function dequantize({ shape, type, bytes }: GgufBlocks): NamedTensor {
  checkDequantizable(type, 'blocks', 'memory');
  const { blockElements, blockBytes } = tensorType(type);
  const count = shape.reduce((product, length) => product * length, 1);
  const expected = (count / blockElements) * blockBytes;
  if (bytes.length !== expected)
    throw new LlmError({
      code: 'model/gguf-invalid',
      message: `Blocks of ${type} of the shape [${shape.join(', ')}] have ${expected} bytes, and these have ${bytes.length}.`,
      details: { type, expected, found: bytes.length },
    });
  const data = new Float32Array(count);
  dequantizers.get(type)!(bytes, data);
  return { shape, data };
}
