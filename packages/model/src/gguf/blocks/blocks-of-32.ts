/**
 * ggml's plain types: 32 numbers of a row with a half-precision scale d, and a minimum m in the types that
 * end in 1. Element i and element i + 16 share a byte of 4-bit numbers; fifth bits are in a word of their
 * own. Each operation rounds to float32 as C and numpy do it.
 */
import type { Dequantizer } from './gguf-blocks.js';
import { halfTable } from './half-table.js';

const { fround } = Math;

/** d, 32 signed bytes: d · q */
export const dequantizeQ8_0: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 34, out += 32) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < 32; i++) into[out + i] = d * ((bytes[at + 2 + i]! << 24) >> 24);
  }
};

/** d, 16 bytes: d · (q − 8) */
export const dequantizeQ4_0: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 18, out += 32) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 2 + i]!;
      into[out + i] = d * ((byte & 15) - 8);
      into[out + 16 + i] = d * ((byte >> 4) - 8);
    }
  }
};

/** d, m, 16 bytes: d · q + m */
export const dequantizeQ4_1: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 20, out += 32) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const m = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 4 + i]!;
      into[out + i] = fround(d * (byte & 15)) + m;
      into[out + 16 + i] = fround(d * (byte >> 4)) + m;
    }
  }
};

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/** d, fifth bits, 16 bytes: d · (q − 16) */
export const dequantizeQ5_0: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 22, out += 32) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const high = word(bytes, at + 2);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 6 + i]!;
      into[out + i] = d * (((byte & 15) | (((high >>> i) & 1) << 4)) - 16);
      into[out + 16 + i] = d * (((byte >> 4) | (((high >>> (i + 16)) & 1) << 4)) - 16);
    }
  }
};

/** d, m, fifth bits, 16 bytes: d · q + m */
export const dequantizeQ5_1: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 24, out += 32) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const m = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    const high = word(bytes, at + 4);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 8 + i]!;
      into[out + i] = fround(d * ((byte & 15) | (((high >>> i) & 1) << 4))) + m;
      into[out + 16 + i] = fround(d * ((byte >> 4) | (((high >>> (i + 16)) & 1) << 4))) + m;
    }
  }
};

/** What the 4-bit numbers of IQ4_NL stand for: steps that are finer near zero, as weights are. */
export const unevenSteps = Int8Array.of(
  -127,
  -104,
  -83,
  -65,
  -49,
  -35,
  -22,
  -10,
  1,
  13,
  25,
  38,
  53,
  69,
  89,
  113,
);

/** d, 16 bytes: d · step(q) */
export const dequantizeIQ4_NL: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let at = 0, out = 0; at < bytes.length; at += 18, out += 32) {
    const d = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 2 + i]!;
      into[out + i] = d * unevenSteps[byte & 15]!;
      into[out + 16 + i] = d * unevenSteps[byte >> 4]!;
    }
  }
};
