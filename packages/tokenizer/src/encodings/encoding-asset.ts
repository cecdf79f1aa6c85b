/**
 * The compact form of a rank vocabulary: nearly every token is two earlier tokens joined, so it is stored as
 * that pair, in digits of 6 bits in a string inside a module of its own. cl100k takes 6 characters a token
 * this way, less than its bytes do.
 *
 * Layout: size and number of literals, 4 digits each; for each literal its id (4), its length (2), its bytes
 * (2 each); then for the other ids in order three digits of left and three of right, digit by digit for all
 * ids so that it compresses well. All least digit first. A literal of length 0 is an unused id.
 */

import type { TokenSplits } from '../vocabulary/merge-list.js';
import type { TokenBytes } from '../vocabulary/token-bytes.js';

/** Digits are the characters from `(` on, without the backslash. */
const firstDigit = 0x28;
const backslash = 0x5c;

export function digitOf(value: number): number {
  return value + firstDigit + (value + firstDigit >= backslash ? 1 : 0);
}

export function unpackEncoding(text: string): { tokens: TokenBytes; splits: TokenSplits } {
  const digits = new TextEncoder().encode(text);
  const values = new Uint8Array(128);
  for (let value = 0; value < 64; value++) values[digitOf(value)] = value;
  let position = 0;
  const read = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value |= values[digits[position++]!]! << (i * 6);
    return value;
  };
  const size = read(4);
  const literals = read(4);
  const literalAt = new Int32Array(size);
  for (let i = 0; i < literals; i++) {
    literalAt[read(4)] = position;
    const length = read(2);
    position += length * 2;
  }
  const count = size - literals;
  const offsets = new Int32Array(size + 1);
  const splits = new Int32Array(size * 2);
  let bytes = new Uint8Array(size * 8);
  let used = 0;
  for (let id = 0, at = position; id < size; id++) {
    if (used + 512 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    if (literalAt[id]! > 0) {
      position = literalAt[id]!;
      for (let length = read(2); length > 0; length--) bytes[used++] = read(2);
      splits[id * 2] = id;
      splits[id * 2 + 1] = id;
    } else {
      const left =
        values[digits[at]!]! | (values[digits[at + count]!]! << 6) | (values[digits[at + count * 2]!]! << 12);
      const right =
        values[digits[at + count * 3]!]! |
        (values[digits[at + count * 4]!]! << 6) |
        (values[digits[at + count * 5]!]! << 12);
      for (let i = offsets[left]!, end = offsets[left + 1]!; i < end; i++) bytes[used++] = bytes[i]!;
      for (let i = offsets[right]!, end = offsets[right + 1]!; i < end; i++) bytes[used++] = bytes[i]!;
      splits[id * 2] = left;
      splits[id * 2 + 1] = right;
      at++;
    }
    offsets[id + 1] = used;
  }
  return { tokens: { bytes: bytes.subarray(0, used), offsets }, splits };
}
