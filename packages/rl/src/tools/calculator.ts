/**
 * The calculator tool: + − * / and // (rounded down) with parentheses, decimals, unary minus and thousands
 * separators, evaluated by recursive descent on exact fractions of big integers, so 0.1+0.2 is 0.3 and
 * 100-digit sums are right. Bad input is an answer that starts with `error:`, as the `Tool` contract asks.
 * Left out: powers, functions, percent, units.
 */
import { LlmError, type Tool } from '@llm/core';

export interface CalculatorLimits {
  /** Characters of an expression. Default 200. */
  readonly length?: number | undefined;
  /** Nested parentheses and signs. Default 32. */
  readonly depth?: number | undefined;
  /** Decimals of a result that does not end. Default 12. */
  readonly decimals?: number | undefined;
}

interface Fraction {
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;
}

/** The default calculator, named `calculator`. */
export const calculator: Tool = createCalculator();

/** A calculator tool with other limits; the same `Tool` contract. */
export function createCalculator(limits: CalculatorLimits = {}): Tool {
  return {
    name: 'calculator',
    call: (input) => {
      try {
        return formatFraction(
          evaluate(input, limits.length ?? 200, limits.depth ?? 32),
          limits.decimals ?? 12,
        );
      } catch (error) {
        if (LlmError.isInstance(error)) return `error: ${error.message}`;
        throw error;
      }
    },
  };
}

function fail(message: string): never {
  throw new LlmError({ code: 'rl/expression-invalid', message });
}

function evaluate(input: string, maximumLength: number, maximumDepth: number): Fraction {
  if (input.length > maximumLength) fail(`expression longer than ${maximumLength} characters`);
  let at = 0;
  const skipSpaces = (): void => {
    while (/\s/.test(input[at] ?? '')) at++;
  };
  const take = (characters: string): string | undefined => {
    skipSpaces();
    const character = input[at];
    if (character === undefined || !characters.includes(character)) return undefined;
    at++;
    return character;
  };
  const sum = (depth: number): Fraction => {
    let left = product(depth);
    for (;;) {
      const operator = take('+-');
      if (operator === undefined) return left;
      const right = product(depth);
      const signed = operator === '+' ? right.numerator : -right.numerator;
      left = reduced(
        left.numerator * right.denominator + signed * left.denominator,
        left.denominator * right.denominator,
      );
    }
  };
  const product = (depth: number): Fraction => {
    let left = factor(depth);
    for (;;) {
      const operator = take('*/');
      if (operator === undefined) return left;
      const whole = operator === '/' && input[at] === '/';
      if (whole) at++;
      const right = factor(depth);
      if (operator === '/' && right.numerator === 0n) fail('division by zero');
      const value =
        operator === '*'
          ? reduced(left.numerator * right.numerator, left.denominator * right.denominator)
          : reduced(left.numerator * right.denominator, left.denominator * right.numerator);
      left = whole ? floor(value) : value;
    }
  };
  const factor = (depth: number): Fraction => {
    if (depth > maximumDepth) fail(`nested deeper than ${maximumDepth}`);
    const sign = take('+-');
    if (sign !== undefined) {
      const value = factor(depth + 1);
      return sign === '-' ? { numerator: -value.numerator, denominator: value.denominator } : value;
    }
    if (take('(') !== undefined) {
      const value = sum(depth + 1);
      if (take(')') === undefined) fail('missing )');
      return value;
    }
    return number();
  };
  const number = (): Fraction => {
    skipSpaces();
    const match = /^(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?/.exec(input.slice(at));
    const text = match?.[0] ?? '';
    if (!/\d/.test(text)) {
      fail(at < input.length ? `unexpected "${input[at]}" at position ${at}` : 'unexpected end');
    }
    at += text.length;
    const decimals = match?.[1] ?? '';
    return reduced(BigInt(text.replace(/[,.]/g, '')), 10n ** BigInt(decimals.length));
  };
  const value = sum(0);
  skipSpaces();
  if (at < input.length) fail(`unexpected "${input[at]}" at position ${at}`);
  return value;
}

function reduced(numerator: bigint, denominator: bigint): Fraction {
  let a = numerator < 0n ? -numerator : numerator;
  let b = denominator < 0n ? -denominator : denominator;
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = denominator < 0n ? -a : a;
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function floor({ numerator, denominator }: Fraction): Fraction {
  const quotient = numerator / denominator;
  const exact = quotient * denominator === numerator;
  return { numerator: numerator < 0n && !exact ? quotient - 1n : quotient, denominator: 1n };
}

/** Whole numbers and short decimals exactly, everything else rounded half away from zero. */
function formatFraction({ numerator, denominator }: Fraction, decimals: number): string {
  if (denominator === 1n) return String(numerator);
  const scale = 10n ** BigInt(decimals);
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude * scale + denominator) / (2n * denominator);
  const whole = rounded / scale;
  const rest = String(rounded % scale)
    .padStart(decimals, '0')
    .replace(/0+$/, '');
  const sign = numerator < 0n && rounded > 0n ? '-' : '';
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`;
}
