/**
 * One check for the options that a caller passes: a number that is none (`NaN`, `'8'`, a fraction where
 * things are counted) is refused by name before any work begins, because far from here it is an endless loop
 * or a loss that is no number.
 */

import { LlmError } from '../errors.js';
import { describeValue } from './describe-value.js';

/** What a number may be. Without limits: any finite number. */
export interface NumberRange {
  readonly minimum?: number | undefined;
  /** Infinity allows Infinity itself. */
  readonly maximum?: number | undefined;
  /** Greater than this, not equal to it. */
  readonly above?: number | undefined;
  /** Less than this, not equal to it. */
  readonly below?: number | undefined;
  /** Default false. */
  readonly integer?: boolean | undefined;
}

/**
 * Throws `core/option-invalid` unless `value` is a number in
 * the range; details: `option`, `value`, `allowed`.
 */
export function checkNumber(name: string, value: unknown, range: NumberRange = {}): void {
  const { minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE, above, below, integer = false } = range;
  if (
    typeof value === 'number' &&
    value >= minimum &&
    value <= maximum &&
    (above === undefined || value > above) &&
    (below === undefined || value < below) &&
    (!integer || Number.isInteger(value) || value === Number.POSITIVE_INFINITY)
  )
    return;
  throw optionInvalid(name, value, describeRange(range));
}

/** `checkNumber` for each of the named options that is given; `undefined` means the default and passes. */
export function checkNumbers<Options extends object>(
  options: Options,
  ranges: { readonly [Name in keyof Options & string]?: NumberRange | undefined },
): void {
  for (const [name, range] of Object.entries(ranges) as [keyof Options & string, NumberRange | undefined][])
    if (options[name] !== undefined) checkNumber(name, options[name], range);
}

/** Throws `core/option-invalid` unless `value` is one of the choices or undefined. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  throw optionInvalid(name, value, `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`);
}

function optionInvalid(option: string, value: unknown, allowed: string): LlmError {
  return new LlmError({
    code: 'core/option-invalid',
    message: `${option} is ${describeValue(value)}; it must be ${allowed}.`,
    details: { option, value: describeValue(value), allowed },
  });
}

/** `an integer of at least 1`, `a number above 0 and at most 1`, `a finite number`. */
function describeRange({ minimum, maximum, above, below, integer = false }: NumberRange): string {
  const noun = integer ? 'an integer' : 'a number';
  const upper = maximum === Number.POSITIVE_INFINITY ? undefined : maximum;
  if (minimum !== undefined && upper !== undefined) return `${noun} from ${minimum} to ${upper}`;
  const limits = [
    minimum === undefined ? [] : `of at least ${minimum}`,
    above === undefined ? [] : `above ${above}`,
    upper === undefined ? [] : `of at most ${upper}`,
    below === undefined ? [] : `below ${below}`,
  ].flat();
  if (limits.length > 0) return `${noun} ${limits.join(' and ')}`;
  return integer ? 'an integer' : 'a finite number';
}
