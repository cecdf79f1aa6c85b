/**
 * The scale (and minimum) that a group of weights is rounded with: the best of a few candidates by squared
 * error, each made exact by least squares for what was rounded. ggml searches alike, with larger weights
 * counting more.
 */
import { floatToHalf, halfToFloat } from '../../weights/half-precision.js';

/**
 * How far beyond the extreme weight the last step may lie, in steps: what most weights lose is what it gains.
 */
const symmetricReach = [-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9];

/**
 * scale with x ≈ scale · q, q in −levels…levels − 1. Negative where the weight of largest magnitude is
 * positive: −levels is exact for it.
 */
export function symmetricScale(x: Float32Array, from: number, count: number, levels: number): number {
  let extreme = 0;
  for (let i = 0; i < count; i++) {
    const value = x[from + i]!;
    group[i] = value;
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  }
  if (extreme === 0) return 0;
  let best = 0;
  let bestGain = -1;
  for (let attempt = 0; attempt <= symmetricReach.length; attempt++) {
    const reach = symmetricReach[attempt];
    // Last, once more with the best.
    const inverse = reach === undefined ? 1 / best : (-levels + reach) / extreme;
    roundGroup(count, inverse, levels);
    const gain = squares === 0 ? 0 : (products * products) / squares;
    if (gain <= bestGain) continue;
    bestGain = gain;
    best = products / squares;
  }
  return best;
}

/**
 */
const group = new Float64Array(32);
let products = 0;
let squares = 0;

function roundGroup(count: number, inverse: number, levels: number): void {
  const top = 2 * levels - 1;
  const half = levels + 0.5;
  let product = 0;
  let square = 0;
  for (let i = 0; i < count; i++) {
    const value = group[i]!;
    // A cast rounds down what is not negative, several times as fast as Math.round.
    let q = (value * inverse + half) | 0;
    q = (q < 0 ? 0 : q < top ? q : top) - levels;
    product += value * q;
    square += q * q;
  }
  products = product;
  squares = square;
}

export interface ScaleAndMinimum {
  readonly scale: number;
  /** Subtracted; never negative. */
  readonly minimum: number;
}

const unevenReach = [-0.9, -0.5, -0.1, 0.3, 0.7];

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
  for (let i = 0; i < count; i++) {
    const value = x[from + i]!;
    group[i] = value;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  let best = { scale: 0, minimum: -low };
  if (high <= low) return best;
  let leastError = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < unevenReach.length + 2; attempt++) {
    const reach = unevenReach[attempt];
    // Last, twice more with the best.
    if (reach === undefined && best.scale === 0) break;
    const inverse = reach === undefined ? 1 / best.scale : (levels + reach) / (high - low);
    roundAbove(count, inverse, reach === undefined ? best.minimum : -low, levels);
    const determinant = count * squares - numbers * numbers;
    let scale = determinant > 0 ? (count * products - sum * numbers) / determinant : 0;
    let minimum = (scale * numbers - sum) / count;
    if (minimum < 0 || determinant <= 0) {
      minimum = 0;
      scale = squares > 0 ? products / squares : 0;
    }
    if (scale <= 0) continue;
    // Without Σ x², which is the same for all.
    const error =
      scale * scale * squares +
      count * minimum * minimum -
      2 * (scale * products + scale * minimum * numbers - minimum * sum);
    if (error >= leastError) continue;
    leastError = error;
    best = { scale, minimum };
  }
  return best.scale > 0 ? best : { scale: (high - low) / levels, minimum: -low };
}

/** Of the group as it was rounded last, beside `products` and `squares`: Σ q. */
let numbers = 0;

function roundAbove(count: number, inverse: number, minimum: number, levels: number): void {
  let product = 0;
  let square = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const value = group[i]!;
    let q = ((value + minimum) * inverse + 0.5) | 0;
    q = q < 0 ? 0 : q < levels ? q : levels;
    total += q;
    product += value * q;
    square += q * q;
  }
  numbers = total;
  products = product;
  squares = square;
}

/**
 * The half-precision unit that `value` is at most `steps` of. Small ones are coarse, and rounded down they
 * would leave the largest value beyond the last step.
 */
export function halfUnit(value: number, steps: number): number {
  const bits = floatToHalf(value / steps);
  return Math.abs(value) > (steps + 0.5) * Math.abs(halfToFloat(bits)) ? bits + 1 : bits;
}
