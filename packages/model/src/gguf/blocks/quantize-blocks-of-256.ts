/**
 * Weights → ggml's K-quants Q4_K, Q5_K and Q6_K; their layout is in `blocks-of-256.ts`. Groups are fitted one
 * by one, then their scales are rounded to what one half-precision number makes of 6 or 8 bits, and the
 * weights are rounded with what came of that.
 */
import { halfToFloat } from '../../weights/half-precision.js';
import { halfUnit, symmetricScale } from './fit-scales.js';
import { SixBitScales } from './six-bit-scales.js';

const blockElements = 256;

function putHalf(bytes: Uint8Array, at: number, bits: number): void {
  bytes[at] = bits & 255;
  bytes[at + 1] = bits >> 8;
}

/** [rows · columns] with columns a multiple of 256 → Q4_K. */
export function quantizeQ4_K(data: Float32Array): Uint8Array {
  return quantizeWithMinima(data, false);
}

/** [rows · columns] with columns a multiple of 256 → Q5_K. */
export function quantizeQ5_K(data: Float32Array): Uint8Array {
  return quantizeWithMinima(data, true);
}

function quantizeWithMinima(data: Float32Array, hasFifthBits: boolean): Uint8Array {
  const levels = hasFifthBits ? 31 : 15;
  const numbersAt = hasFifthBits ? 48 : 16;
  const blockBytes = numbersAt + 128;
  const bytes = new Uint8Array((data.length / blockElements) * blockBytes);
  const block = new SixBitScales(levels);
  for (let at = 0, from = 0; from < data.length; at += blockBytes, from += blockElements) {
    block.fit(data, from);
    putHalf(bytes, at, block.unitBits);
    putHalf(bytes, at + 2, block.minimumUnitBits);
    for (let group = 0; group < 8; group++) {
      putScales(bytes, at + 4, group, block.scales[group]!, block.minima[group]!);
      const low = at + numbersAt + 32 * (group >> 1);
      for (let i = 0; i < 32; i++) {
        const q = block.numbers[32 * group + i]!;
        bytes[low + i]! |= (q & 15) << (4 * (group & 1));
        if (hasFifthBits) bytes[at + 16 + i]! |= (q >> 4) << group;
      }
    }
  }
  return bytes;
}

/** Into the 12 bytes at `at`: the upper bits of groups 4…7 are above those of 0…3. */
function putScales(bytes: Uint8Array, at: number, group: number, scale: number, minimum: number): void {
  if (group < 4) {
    bytes[at + group]! |= scale;
    bytes[at + 4 + group]! |= minimum;
    return;
  }
  bytes[at + 4 + group] = (scale & 15) | ((minimum & 15) << 4);
  bytes[at + group - 4]! |= (scale >> 4) << 6;
  bytes[at + group]! |= (minimum >> 4) << 6;
}

/** [rows · columns] with columns a multiple of 256 → Q6_K. */
export function quantizeQ6_K(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array((data.length / blockElements) * 210);
  const scales = new Float64Array(16);
  for (let at = 0, from = 0; from < data.length; at += 210, from += blockElements) {
    let extreme = 0;
    for (let group = 0; group < 16; group++) {
      scales[group] = symmetricScale(data, from + 16 * group, 16, 32);
      if (Math.abs(scales[group]!) > Math.abs(extreme)) extreme = scales[group]!;
    }
    // −128 is exact for the scale of largest magnitude.
    const bits = halfUnit(-extreme, 128);
    putHalf(bytes, at + 208, bits);
    const d = halfToFloat(bits);
    for (let group = 0; group < 16; group++) {
      const scale = d === 0 ? 0 : Math.max(-128, Math.min(127, Math.round(scales[group]! / d)));
      bytes[at + 192 + group] = scale;
      const step = d * scale;
      const inverse = step === 0 ? 0 : 1 / step;
      const half = group >> 3;
      const low = at + 64 * half + 16 * (group & 3);
      const high = at + 128 + 32 * half + 16 * (group & 1);
      for (let i = 0; i < 16; i++) {
        const value = data[from + 16 * group + i]!;
        const q = 32 + Math.max(-32, Math.min(31, Math.round(value * inverse)));
        bytes[low + i]! |= (q & 15) << (group & 4);
        bytes[high + i]! |= (q >> 4) << (2 * ((group >> 1) & 3));
      }
    }
  }
  return bytes;
}
