import { expect, test } from 'vitest';
import { tokenRows } from './token-rows.js';

/** Tokens of one byte each: the id is the byte. */
const bytes = {
  bytes: Uint8Array.from({ length: 256 }, (_, i) => i),
  offsets: Int32Array.from({ length: 257 }, (_, i) => i),
};
const ids = (text: string): Int32Array => Int32Array.from(new TextEncoder().encode(text));

test('a line ends after a line feed, and the last one where the text does', () => {
  expect([...tokenRows(ids('ab\ncd'), bytes)]).toEqual([0, 3, 5]);
  expect([...tokenRows(ids('ab\n\n'), bytes)]).toEqual([0, 3, 4]);
  expect([...tokenRows(ids(''), bytes)]).toEqual([0]);
});

test('a line without end is cut after 48 tokens or 96 bytes', () => {
  expect([...tokenRows(ids('x'.repeat(100)), bytes)]).toEqual([0, 48, 96, 100]);
  const long = { bytes: new Uint8Array(80).fill(65), offsets: Int32Array.of(0, 40, 80) };
  expect([...tokenRows(Int32Array.of(0, 1, 0, 1), long)]).toEqual([0, 3, 4]);
});
