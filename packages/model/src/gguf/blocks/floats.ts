/** F32, F16 and BF16: a number is a block of its own. */
import type { Dequantizer } from './gguf-blocks.js';
import { halfTable } from './half-table.js';

export const dequantizeF32: Dequantizer = (bytes, into) => {
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes);
};

export const dequantizeF16: Dequantizer = (bytes, into) => {
  const halves = halfTable();
  for (let i = 0; i < into.length; i++) into[i] = halves[bytes[2 * i]! | (bytes[2 * i + 1]! << 8)]!;
};

/** The upper half of a float32. */
export const dequantizeBF16: Dequantizer = (bytes, into) => {
  const words = new Uint32Array(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < words.length; i++) words[i] = (bytes[2 * i]! | (bytes[2 * i + 1]! << 8)) << 16;
};
