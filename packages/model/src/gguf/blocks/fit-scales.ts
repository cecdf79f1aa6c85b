/**
 * The scale (and minimum) that a group of weights is rounded with: the best of a few candidates by squared error,
 * each made exact by least squares for what was rounded. ggml searches alike, with larger weights counting more.
 */
import { floatToHalf, halfToFloat } from '../../weights/half-precision.js';

/** How far beyond the extreme weight the last step may lie, in steps: what most weights lose is what it gains. */
const symmetricReach = [-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9];

/**
 * scale with x ≈ scale · q, q in −levels…levels − 1. Negative where the weight of largest magnitude is
 * positive: −levels is exact for it.
 */
export function symmetricScale(x: Float32Array, from: number, count: number, levels: number): number {
  let extreme = 0;
  for (let i = from; i < from + count; i++) if (Math.abs(x[i]!) > Math.abs(extreme)) extreme = x[i]!;
  if (extreme === 0) return 0;
  const top = 2 * levels - 1;
  let best = 0;
  let bestGain = -1;
  const attempt = (inverse: number): void => {
    let product = 0;
    let square = 0;
    for (let i = from; i < from + count; i++) {
      const value = x[i]!;
      // A cast rounds down what is not negative, several times as fast as Math.round.
      let q = (value * inverse + levels + 0.5) | 0;
      q = (q < 0 ? 0 : q < top ? q : top) - levels;
      product += value * q;
      square += q * q;
    }
    // With the scale product / square the squared error falls by product² / square.
    const gain = square === 0 ? 0 : (product * product) / square;
    if (gain <= bestGain) return;
    bestGain = gain;
    best = product / square;
  };
  for (const reach of symmetricReach) attempt((-levels + reach) / extreme);
  attempt(1 / best);
  return best;
}

export interface ScaleAndMinimum {
  readonly scale: number;
  /** Subtracted; never negative. */
  readonly minimum: number;
}

const unevenReach = [-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9];

/** x ≈ scale · q − minimum, q in 0…levels. */
export function scaleAndMinimum(
  x: Float32Array,
  from: number,
  count: number,
  levels: number,
): ScaleAndMinimum {
  let low = 0;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  for (let i = from; i < from + count; i++) {
    const value = x[i]!;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    squares += value * value;
  }
  if (high <= low) return { scale: 0, minimum: -low };
  let best = { scale: (high - low) / levels, minimum: -low };
  let bestError = Number.POSITIVE_INFINITY;
  const attempt = (inverse: number, minimum: number): boolean => {
    let q1 = 0;
    let q2 = 0;
    let qx = 0;
    for (let i = from; i < from + count; i++) {
      const value = x[i]!;
      let q = ((value + minimum) * inverse + 0.5) | 0;
      q = q < 0 ? 0 : q < levels ? q : levels;
      q1 += q;
      q2 += q * q;
      qx += q * value;
    }
    const determinant = count * q2 - q1 * q1;
    let scale = determinant > 0 ? (count * qx - sum * q1) / determinant : 0;
    let offset = determinant > 0 ? (scale * q1 - sum) / count : 0;
    if (offset < 0 || determinant <= 0) {
      offset = 0;
      scale = q2 > 0 ? qx / q2 : 0;
    }
    if (scale <= 0) return false;
    const error =
      squares +
      scale * scale * q2 +
      count * offset * offset -
      2 * scale * qx -
      2 * scale * offset * q1 +
      2 * offset * sum;
    if (error >= bestError) return false;
    bestError = error;
    best = { scale, minimum: offset };
    return true;
  };
  for (const reach of unevenReach) attempt((levels + reach) / (high - low), -low);
  for (let again = 0; again < 3 && attempt(1 / best.scale, best.minimum); again++);
  return best;
}

/**
 * The half-precision unit that `value` is at most `steps` of. Small ones are coarse, and rounded down they would
 * leave the largest value beyond the last step.
 */
export function halfUnit(value: number, steps: number): number {
  const bits = floatToHalf(value / steps);
  return Math.abs(value) > (steps + 0.5) * Math.abs(halfToFloat(bits)) ? bits + 1 : bits;
}
