import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, test } from 'vitest';
import { calculator, createCalculator } from './calculator.js';

describe('calculator', () => {
  test.each([
    ['12+30', '42'],
    ['2+3*4', '14'],
    ['(2+3)*4', '20'],
    ['2-3-4', '-5'],
    ['100/10/5', '2'],
    ['-3+5', '2'],
    ['2*-3', '-6'],
    ['--4', '4'],
    ['-(1-3)', '2'],
    [' 7 * ( 1 + 1 ) ', '14'],
    ['0.1+0.2', '0.3'],
    ['.5*4', '2'],
    ['5.', '5'],
    ['1/8', '0.125'],
    ['1/3', '0.333333333333'],
    ['2/3', '0.666666666667'],
    ['-2/3', '-0.666666666667'],
    ['1/3*3', '1'],
    ['12,345+1', '12346'],
    ['007', '7'],
    ['99999999999999999999*99999999999999999999', '9999999999999999999800000000000000000001'],
    ['0/5', '0'],
    ['7//2', '3'],
    ['-7//2', '-4'],
    ['-6//2', '-3'],
  ])('%s = %s', (expression, value) => {
    expect(calculator.call(expression)).toBe(value);
  });

  test.each([
    '',
    ' ',
    '1+',
    '*2',
    '1 2',
    '(1',
    '1)',
    '()',
    '1/0',
    '1/(2-2)',
    '2**3',
    '1,23',
    'abc',
    '1e5',
    '1..2',
    '.',
    '[].constructor',
    '9'.repeat(201),
    `${'('.repeat(40)}1${')'.repeat(40)}`,
    `${'-'.repeat(40)}1`,
    '1+\u0000',
    '½',
  ])('%j is an error, not an exception', (expression) => {
    expect(calculator.call(expression)).toMatch(/^error: ./);
  });

  test('limits can be set', () => {
    const small = createCalculator({ length: 3, decimals: 2 });
    expect(small.call('2/3')).toBe('0.67');
    expect(small.call('10+1')).toMatch(/^error: expression longer than 3/);
  });
});

const path = sharedDataPath('sft-math', 'gsm8k_train.jsonl.gz');

test.skipIf(path === undefined)('agrees with every annotation of GSM8K within 1e-9', () => {
  const text = gunzipSync(readFileSync(path!)).toString('utf8');
  const annotations = [...text.matchAll(/<<([^<>=]*)=([^<>]*)>>/g)];
  expect(annotations.length).toBeGreaterThan(23_000);
  const number = (written: string): number => Number(written.replaceAll(',', ''));
  const wrong = annotations.filter(([, expression, result]) => {
    const value = Number(calculator.call(expression!));
    return !(Math.abs(value - number(result!)) <= 1e-9 * Math.max(1, Math.abs(value)));
  });
  expect(wrong.map(([annotation]) => annotation)).toEqual([]);
});
