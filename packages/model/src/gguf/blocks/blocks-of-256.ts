/**
 * ggml's K-quants: 256 numbers of a row in groups of 16 or 32, each with a small scale (and minimum) of its
 * own that one half-precision number scales in turn. Each operation rounds to float32 as C and numpy do it.
 */
import type { Dequantizer } from './gguf-blocks.js';
import { halfTable } from './half-table.js';

const { fround } = Math;

/** Groups of 16; 16 bytes of 4-bit scales and minima, 64 bytes of 2-bit numbers, d, dmin. */
export const dequantizeQ2_K: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 84, out += 256) {
    const d = halves[bytes[at + 80]! | (bytes[at + 81]! << 8)]!;
    const dmin = halves[bytes[at + 82]! | (bytes[at + 83]! << 8)]!;
    for (let group = 0; group < 16; group++) {
      const scale = fround(d * (bytes[at + group]! & 15));
      const minimum = fround(dmin * (bytes[at + group]! >> 4));
      // A byte has elements that are 32 apart.
      const from = at + 16 + 32 * (group >> 3) + 16 * (group & 1);
      const shift = 2 * ((group >> 1) & 3);
      for (let i = 0; i < 16; i++)
        into[out + 16 * group + i] = fround(scale * ((bytes[from + i]! >> shift) & 3)) - minimum;
    }
  }
};

/** Groups of 16; 32 bytes of third bits, 64 bytes of 2-bit numbers, 12 bytes of 6-bit scales, d. */
export const dequantizeQ3_K: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 110, out += 256) {
    const d = halves[bytes[at + 108]! | (bytes[at + 109]! << 8)]!;
    for (let group = 0; group < 16; group++) {
      const low = (bytes[at + 96 + (group & 7)]! >> (group < 8 ? 0 : 4)) & 15;
      const high = (bytes[at + 104 + (group & 3)]! >> (2 * (group >> 2))) & 3;
      const scale = fround(d * ((low | (high << 4)) - 32));
      const from = 16 * (group & 1);
      const shift = 2 * ((group >> 1) & 3);
      for (let i = 0; i < 16; i++) {
        const two = (bytes[at + 32 + 32 * (group >> 3) + from + i]! >> shift) & 3;
        // The offset is there where the bit is not.
        const third = (bytes[at + from + i]! >> (group >> 1)) & 1 ? 0 : 4;
        into[out + 16 * group + i] = scale * (two - third);
      }
    }
  }
};

/** The 6-bit scale of group 0…7 in the 12 bytes at `at` of Q4_K and Q5_K. */
const scaleOf = (bytes: Uint8Array, at: number, group: number): number =>
  group < 4 ? bytes[at + group]! & 63 : (bytes[at + 4 + group]! & 15) | ((bytes[at + group - 4]! >> 6) << 4);
const minimumOf = (bytes: Uint8Array, at: number, group: number): number =>
  group < 4 ? bytes[at + 4 + group]! & 63 : (bytes[at + 4 + group]! >> 4) | ((bytes[at + group]! >> 6) << 4);

/** Groups of 32; d, dmin, 12 bytes of 6-bit scales and minima, 128 bytes. */
export const dequantizeQ4_K: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 144, out += 256) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const dmin = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let group = 0; group < 8; group++) {
      const scale = fround(d * scaleOf(bytes, at + 4, group));
      const minimum = fround(dmin * minimumOf(bytes, at + 4, group));
      const from = at + 16 + 32 * (group >> 1);
      const shift = 4 * (group & 1);
      for (let i = 0; i < 32; i++)
        into[out + 32 * group + i] = fround(scale * ((bytes[from + i]! >> shift) & 15)) - minimum;
    }
  }
};

/** Q4_K with 32 bytes of fifth bits before its numbers. */
export const dequantizeQ5_K: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 176, out += 256) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const dmin = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let group = 0; group < 8; group++) {
      const scale = fround(d * scaleOf(bytes, at + 4, group));
      const minimum = fround(dmin * minimumOf(bytes, at + 4, group));
      const from = at + 48 + 32 * (group >> 1);
      const shift = 4 * (group & 1);
      for (let i = 0; i < 32; i++) {
        const fifth = ((bytes[at + 16 + i]! >> group) & 1) << 4;
        into[out + 32 * group + i] = fround(scale * (((bytes[from + i]! >> shift) & 15) | fifth)) - minimum;
      }
    }
  }
};

/** Groups of 16; 128 bytes of lower and 64 of upper bits, 16 signed scales, d. */
export const dequantizeQ6_K: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 210, out += 256) {
    const d = halves[bytes[at + 208]! | (bytes[at + 209]! << 8)]!;
    for (let group = 0; group < 16; group++) {
      const scale = fround(d * ((bytes[at + 192 + group]! << 24) >> 24));
      const half = group >> 3;
      const low = at + 64 * half + 16 * (group & 3);
      const lowShift = group & 4;
      const high = at + 128 + 32 * half + 16 * (group & 1);
      const highShift = 2 * ((group >> 1) & 3);
      for (let i = 0; i < 16; i++) {
        const q = ((bytes[low + i]! >> lowShift) & 15) | (((bytes[high + i]! >> highShift) & 3) << 4);
        into[out + 16 * group + i] = scale * (q - 32);
      }
    }
  }
};
