import { expect, test } from 'vitest';
import { floatToHalf } from '../weights/half-precision.js';
import { halves } from './halves.js';

test('every half, what lies between two of them, and their neighbours', () => {
  const words = new Uint32Array(2 ** 16);
  // Floats around each half of the normal range, positive and negative, and every exponent below it.
  for (let i = 0; i < words.length; i++)
    words[i] = ((i & 0x8000) << 16) | (0x33000000 + (i & 0x7fff) * 0x1b07);
  const data = new Float32Array(words.buffer).filter((value) => Math.abs(value) < 65_504);
  expect(data.length).toBeGreaterThan(50_000);
  expect([...halves(data, 'x')]).toEqual(Array.from(data, floatToHalf));
  const ties = Float32Array.of(
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    -(2 - 2 ** -11),
    2 ** -14 - 2 ** -25,
    32_767.9,
  );
  expect([...halves(ties, 'x')]).toEqual([0x3c00, 0x3c02, 0xc000, 0x0400, 0x7800]);
  expect(() => halves(Float32Array.of(0, 65_520), 'x')).toThrow('x holds 65520; float16 ends at 65504');
});
