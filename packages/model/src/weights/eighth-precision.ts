/** The numbers of 8 bits that weights are stored in (Micikevicius et al. 2022), by bit pattern. */
import { halfToFloat } from './half-precision.js';

/** 4 bits of exponent, 3 of fraction; no infinity, and one pattern of each sign for what is no number. */
export const e4m3Floats: Float32Array = Float32Array.from({ length: 256 }, (_, bits) => {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 7;
  if ((bits & 0x7f) === 0x7f) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (8 + fraction) * 2 ** (exponent - 10);
});

/** 5 bits of exponent, 2 of fraction: the upper half of half precision. */
export const e5m2Floats: Float32Array = Float32Array.from({ length: 256 }, (_, bits) =>
  halfToFloat(bits << 8),
);
