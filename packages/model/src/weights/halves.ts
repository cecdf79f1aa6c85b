/** Weights as half-precision bit patterns; what float16 cannot hold is an error instead of infinity. */
import { LlmError } from '@llm/core';
import { floatToHalf } from './half-precision.js';

/** Throws `model/export-overflow`. */
export function halves(data: Float32Array, name: string): Uint16Array<ArrayBuffer> {
  const result = new Uint16Array(data.length);
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < data.length; i++) {
    const word = words[i]!;
    const exponent = (word >>> 23) & 0xff;
    // From 2^-14 up and below 2^15 the nearest half, ties to even, is a shift with a carry; the rest is rare.
    result[i] =
      exponent > 112 && exponent < 142
        ? ((word >>> 16) & 0x8000) | ((((word & 0x7fffffff) + 0xfff + ((word >>> 13) & 1)) >>> 13) - 0x1c000)
        : floatToHalf(data[i]!);
    if ((result[i]! & 0x7fff) === 0x7c00)
      throw new LlmError({
        code: 'model/export-overflow',
        message: `${name} holds ${data[i]}; float16 ends at 65504. Export in float32 or quantised instead.`,
        details: { name, index: i },
      });
  }
  return result;
}

/** bfloat16: the upper half of a float32, rounded to nearest, ties to even. What is no number stays none. */
export function brainHalves(data: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  return Uint16Array.from(words, (word) =>
    (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  );
}
