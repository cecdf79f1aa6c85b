/** JSON numbers in a range, written without an exponent. */
import { byteRange, choice, type Expression, literal, optional, repeat, sequence } from './expression.js';

const digit = byteRange(0x30, 0x39);
const positive = sequence(byteRange(0x31, 0x39), repeat(digit, 0, 14));
const whole = sequence(optional(literal('-')), choice(literal('0'), positive));

/** At most 15 digits: every one of them is exact in JavaScript. */
export const anyInteger = whole;
export const anyNumber = sequence(
  whole,
  optional(sequence(literal('.'), repeat(digit, 1, 15))),
  optional(
    sequence(
      choice(literal('e'), literal('E')),
      optional(choice(literal('+'), literal('-'))),
      repeat(digit, 1, 2),
    ),
  ),
);

export interface Bounds {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
}

/** After the point. */
const mostDecimals = 6;
const farthest = 10n ** 15n - 1n;

/** Undefined where no number is in the range. */
export function numberRange(bounds: Bounds, isInteger: boolean): Expression | undefined {
  const parts: Expression[] = [];
  for (let decimals = 0; decimals <= (isInteger ? 0 : mostDecimals); decimals++) {
    const [low, high] = scaledBounds(bounds, decimals);
    if (low > high) continue;
    if (high >= 0n) parts.push(...digitsBetween(low > 0n ? low : 0n, high, decimals));
    if (low < 0n) {
      const smallest = high < 0n ? -high : 1n;
      if (smallest <= -low)
        parts.push(sequence(literal('-'), choice(...digitsBetween(smallest, -low, decimals))));
    }
  }
  return parts.length === 0 ? undefined : choice(...parts);
}

/** The least and the greatest integer n such that n / 10^decimals is in the range. */
function scaledBounds(bounds: Bounds, decimals: number): [low: bigint, high: bigint] {
  const limit = farthest * 10n ** BigInt(decimals);
  let low = -limit;
  let high = limit;
  const raise = (value: bigint): void => {
    if (value > low) low = value;
  };
  const lower = (value: bigint): void => {
    if (value < high) high = value;
  };
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = bounds;
  if (minimum !== undefined) raise(ceiling(minimum, decimals));
  if (above !== undefined) raise(floor(above, decimals) + 1n);
  if (maximum !== undefined) lower(floor(maximum, decimals));
  if (below !== undefined) lower(ceiling(below, decimals) - 1n);
  return [low, high];
}

/** ⌊value · 10^decimals⌋ of the number as it is written in decimals. */
function floor(value: number, decimals: number): bigint {
  const [mantissa, exponent = '0'] = value.toString().split('e');
  const [before, after = ''] = mantissa!.split('.');
  const shift = Number(exponent) - after.length + decimals;
  const all = BigInt(before! + after);
  if (shift >= 0) return all * 10n ** BigInt(Math.min(shift, 400));
  const divisor = 10n ** BigInt(Math.min(-shift, 400));
  const quotient = all / divisor;
  return all < 0n && quotient * divisor !== all ? quotient - 1n : quotient;
}

const ceiling = (value: number, decimals: number): bigint => -floor(-value, decimals);

/** All from `low` ≥ 0 to `high`, one expression for each count of digits. */
function digitsBetween(low: bigint, high: bigint, decimals: number): Expression[] {
  const parts: Expression[] = [];
  const most = high.toString().length;
  for (let length = decimals + 1; length <= Math.max(most, decimals + 1); length++) {
    // Numbers of fewer digits begin with zeros only before the point.
    const least = length === decimals + 1 ? 0n : 10n ** BigInt(length - 1);
    const greatest = 10n ** BigInt(length) - 1n;
    const from = low > least ? low : least;
    const to = high < greatest ? high : greatest;
    if (from > to) continue;
    parts.push(
      sameLength(from.toString().padStart(length, '0'), to.toString().padStart(length, '0'), decimals),
    );
  }
  return parts;
}

/** Texts of digits from `low` to `high`, with a point before the last `decimals`. */
function sameLength(low: string, high: string, decimals: number): Expression {
  const { length } = low;
  if (length === 0) return sequence();
  const point = decimals > 0 && length === decimals ? [literal('.')] : [];
  const one = (from: number, to: number): Expression => byteRange(0x30 + from, 0x30 + to);
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  if (/^0*$/.test(lowRest) && /^9*$/.test(highRest))
    return sequence(...point, one(first, last), anyDigits(length - 1, decimals));
  if (first === last) return sequence(...point, one(first, first), sameLength(lowRest, highRest, decimals));
  const parts = [
    sequence(one(first, first), sameLength(lowRest, '9'.repeat(length - 1), decimals)),
    sequence(one(last, last), sameLength('0'.repeat(length - 1), highRest, decimals)),
  ];
  if (first + 1 <= last - 1) parts.push(sequence(one(first + 1, last - 1), anyDigits(length - 1, decimals)));
  return sequence(...point, choice(...parts));
}

function anyDigits(length: number, decimals: number): Expression {
  if (decimals === 0 || length < decimals) return repeat(digit, length, length);
  const before = repeat(digit, length - decimals, length - decimals);
  return sequence(before, literal('.'), repeat(digit, decimals, decimals));
}
