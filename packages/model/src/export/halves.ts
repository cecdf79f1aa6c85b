/** Weights as half-precision bit patterns; what float16 cannot hold is an error instead of infinity. */
import { LlmError } from '@llm/core';
import { floatToHalf } from '../half-precision.js';

/** Throws `model/export-overflow`. */
export function halves(data: Float32Array, name: string): Uint16Array<ArrayBuffer> {
  const result = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    result[i] = floatToHalf(data[i]!);
    if ((result[i]! & 0x7fff) === 0x7c00)
      throw new LlmError({
        code: 'model/export-overflow',
        message: `${name} holds ${data[i]}; float16 ends at 65504. Export in float32 or quantised instead.`,
        details: { name, index: i },
      });
  }
  return result;
}
