import { expect, test } from 'vitest';
import { formatBytes, formatFigure, formatPercent, formatSeconds } from './format.js';

test('figures keep the digits that matter', () => {
  const shown = [0, 0.012345, 1.23456, 123.456, 12_345.6, 1e-5, 2.5e9, -0.5, null, Number.NaN].map(
    formatFigure,
  );
  expect(shown).toEqual([
    '0',
    '0.01235',
    '1.235',
    '123.5',
    '12,346',
    '1.00e-5',
    '2.50e+9',
    '-0.5',
    '–',
    'NaN',
  ]);
});

test('bytes, seconds and shares', () => {
  expect([0, 999, 1000, 1_536_000, 2.5e9].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1.54 MB',
    '2.5 GB',
  ]);
  expect([0.25, 59, 61, 3600, 5400].map(formatSeconds)).toEqual([
    '0.25 s',
    '59 s',
    '1 min',
    '1 h 0 min',
    '1 h 30 min',
  ]);
  expect([0, 0.1234, 1].map(formatPercent)).toEqual(['0 %', '12.3 %', '100 %']);
});
