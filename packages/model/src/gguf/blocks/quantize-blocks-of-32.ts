/** Weights → ggml's Q8_0, Q4_0 and Q5_0; their layout is in `blocks-of-32.ts`. */

import { floatToHalf, halfToFloat } from '../../weights/half-precision.js';
import { quantizeMatrix } from '../../weights/quantize-blocks.js';
import { symmetricScale } from './fit-scales.js';

/** [rows, columns] with columns a multiple of 32 → Q8_0, the same numbers as in an ONNX export. */
export function quantizeQ8_0(data: Float32Array, columns: number): Uint8Array {
  const { scales, values } = quantizeMatrix(data, columns, 8);
  const bytes = new Uint8Array(scales.length * 34);
  for (const [block, scale] of scales.entries()) {
    bytes[34 * block] = scale & 255;
    bytes[34 * block + 1] = scale >> 8;
    for (let i = 0; i < 32; i++) bytes[34 * block + 2 + i] = values[32 * block + i]!;
  }
  return bytes;
}

/** [rows, columns] with columns a multiple of 32 → Q4_0, the same numbers as in an ONNX export. */
export function quantizeQ4_0(data: Float32Array, columns: number): Uint8Array {
  const { scales, values } = quantizeMatrix(data, columns, 4);
  const bytes = new Uint8Array(scales.length * 18);
  for (const [block, scale] of scales.entries()) {
    bytes[18 * block] = scale & 255;
    bytes[18 * block + 1] = scale >> 8;
    for (let i = 0; i < 16; i++)
      bytes[18 * block + 2 + i] = (values[32 * block + i]! + 8) | ((values[32 * block + i + 16]! + 8) << 4);
  }
  return bytes;
}

/** [rows · columns] with columns a multiple of 32 → Q5_0. */
export function quantizeQ5_0(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array((data.length / 32) * 22);
  for (let at = 0, from = 0; from < data.length; at += 22, from += 32) {
    const bits = floatToHalf(symmetricScale(data, from, 32, 16));
    bytes[at] = bits & 255;
    bytes[at + 1] = bits >> 8;
    const d = halfToFloat(bits);
    const inverse = d === 0 ? 0 : 1 / d;
    for (let i = 0; i < 32; i++) {
      const q = 16 + Math.max(-16, Math.min(15, Math.round(data[from + i]! * inverse)));
      bytes[at + 6 + (i & 15)]! |= (q & 15) << (i < 16 ? 0 : 4);
      bytes[at + 2 + (i >> 3)]! |= (q >> 4) << (i & 7);
    }
  }
  return bytes;
}
