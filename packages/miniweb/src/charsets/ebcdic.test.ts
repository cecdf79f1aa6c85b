import { expect, test } from 'vitest';
import { encodeEbcdic } from './ebcdic.js';

test('EBCDIC: "Hi 1" in code page 037', () => {
  expect([...encodeEbcdic('Hi 1')]).toEqual([0xc8, 0x89, 0x40, 0xf1]);
});

test('EBCDIC: the signs of HTML are those of the published table', () => {
  expect([...encodeEbcdic('<a href="?">;)\n')]).toEqual([
    0x4c, 0x81, 0x40, 0x88, 0x99, 0x85, 0x86, 0x7e, 0x7f, 0x6f, 0x7f, 0x6e, 0x5e, 0x5d, 0x25,
  ]);
});
