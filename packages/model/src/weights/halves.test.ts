import { expect, test } from 'vitest';
import { floatToHalf } from './half-precision.js';
import { brainHalves, halves } from './halves.js';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from './safetensors.js';

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

test('bfloat16 rounds to nearest, ties to even, and keeps what is no number', () => {
  const data = Float32Array.of(
    1,
    1 + 2 ** -8,
    1 + 3 * 2 ** -8,
    -1.5,
    3.4e38,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
  );
  expect([...brainHalves(data)]).toEqual([0x3f80, 0x3f80, 0x3f82, 0xbfc0, 0x7f80, 0x7fc0, 0xff80]);
});

test('a file of halves is read back as what halves hold', () => {
  const values = Float32Array.of(1, -2.5, 0.1, 65_504);
  for (const [dtype, tenth, large] of [
    ['F16', 0.0999755859375, 65_504],
    ['BF16', 0.10009765625, 65_536],
  ] as const) {
    const bytes = writeSafetensors(new Map([['a', { shape: [2, 2], data: values }]]), dtype);
    expect([...readSafetensors(bytes, 'x').get('a')!.data]).toEqual([1, -2.5, tenth, large]);
    expect(readSafetensorsHeader(bytes, bytes.length, 'x')).toMatchObject([{ dtype, shape: [2, 2] }]);
  }
});
