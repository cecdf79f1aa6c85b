import { describe, expect, test } from 'vitest';
import { LlmError } from '../errors.js';
import { checkChoice, checkNumber, checkNumbers, type NumberRange } from './check-option.js';

function refusal(work: () => void): LlmError | undefined {
  try {
    work();
  } catch (error) {
    if (LlmError.isInstance(error)) return error;
    throw error;
  }
  return undefined;
}

describe('checkNumber', () => {
  const share: NumberRange = { minimum: 0, maximum: 1 };
  const count: NumberRange = { minimum: 1, integer: true };
  const limit: NumberRange = { minimum: 0, maximum: Number.POSITIVE_INFINITY };
  test.each<[unknown, NumberRange, boolean]>([
    [0, share, true],
    [1, share, true],
    [1.0001, share, false],
    [-0.0001, share, false],
    [Number.NaN, share, false],
    [7, count, true],
    [0, count, false],
    [1.5, count, false],
    [Number.POSITIVE_INFINITY, count, false],
    ['8', count, false],
    [8n, count, false],
    [null, count, false],
    [undefined, count, false],
    [[3], count, false],
    [Promise.resolve(3), count, false],
    [new Date(3), count, false],
    [Number.POSITIVE_INFINITY, limit, true],
    [Number.NaN, limit, false],
    [Number.POSITIVE_INFINITY, { ...count, maximum: Number.POSITIVE_INFINITY }, true],
    [0, { above: 0 }, false],
    [Number.MIN_VALUE, { above: 0 }, true],
    [0.5, { minimum: 0, below: 0.5 }, false],
    [-1e300, {}, true],
    [Number.NEGATIVE_INFINITY, {}, false],
  ])('%s in %o: %s', (value, range, allowed) => {
    expect(refusal(() => checkNumber('x', value, range)) === undefined).toBe(allowed);
  });

  test('says which option, its value and what is allowed', () => {
    const error = refusal(() => checkNumber('rows', '8', count));
    expect(error).toMatchObject({
      code: 'core/option-invalid',
      message: 'rows is "8"; it must be an integer of at least 1.',
      details: { option: 'rows', value: '"8"', allowed: 'an integer of at least 1' },
    });
    const message = (value: unknown, range?: NumberRange) =>
      refusal(() => checkNumber('x', value, range))?.message;
    expect(message(Number.NaN, share)).toBe('x is NaN; it must be a number from 0 to 1.');
    expect(message(Promise.resolve(1))).toBe('x is a promise; it must be a finite number.');
    expect(message(-1, { above: 0, maximum: 1 })).toBe(
      'x is -1; it must be a number above 0 and of at most 1.',
    );
    expect(message('a'.repeat(99))).toContain(`"${'a'.repeat(60)}…"`);
  });
});

test('checkNumbers passes over what is not given and names what is wrong', () => {
  const ranges = { rows: { minimum: 1, integer: true }, seed: {} };
  const options = (given: { rows?: number; seed?: number; other?: string }) => given;
  expect(refusal(() => checkNumbers(options({ other: 'x' }), ranges))).toBeUndefined();
  expect(refusal(() => checkNumbers(options({ rows: 3, seed: -0.5 }), ranges))).toBeUndefined();
  expect(refusal(() => checkNumbers(options({ rows: 3, seed: Number.NaN }), ranges))?.details.option).toBe(
    'seed',
  );
});

test('checkChoice names the choices', () => {
  expect(refusal(() => checkChoice('shape', undefined, ['a', 'b']))).toBeUndefined();
  expect(refusal(() => checkChoice('shape', 'b', ['a', 'b']))).toBeUndefined();
  expect(refusal(() => checkChoice('shape', 'c', ['a', 'b']))?.message).toBe(
    'shape is "c"; it must be one of "a", "b".',
  );
});
