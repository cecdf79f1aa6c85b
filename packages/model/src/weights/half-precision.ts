/** IEEE 754 half precision ⇄ float, for weights stored as F16. */

/** The value of a half-precision bit pattern. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** The nearest half-precision bit pattern, ties to even; overflow becomes infinity. */
export function floatToHalf(value: number): number {
  floats[0] = value;
  const word = words[0]!;
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  // Below 2^-14 the result is subnormal: the implicit bit joins the fraction, shifted by what is missing.
  const mantissa = shifted > 0 ? (shifted << 23) | fraction : fraction | 0x800000;
  const drop = shifted > 0 ? 13 : 14 - shifted;
  if (drop > 25) return sign;
  const half = mantissa >>> drop;
  const rest = mantissa & (2 ** drop - 1);
  const middle = 2 ** (drop - 1);
  return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
}
