import { expect, test } from 'vitest';
import { changedCounts, settingsOf } from './tuned-counts.js';

test('counts that change, the greatest first', () => {
  const before = { pass: 10, 'a/x': 5, 'b/y': 1 };
  const after = { pass: 13, 'a/x': 1, 'b/y': 1, 'c/z': 1 };
  expect(changedCounts({ before, after })).toEqual([
    { name: 'a/x', was: 5, is: 1 },
    { name: 'pass', was: 10, is: 13 },
    { name: 'c/z', was: 0, is: 1 },
  ]);
});

test('an address holds thresholds, and nothing else', () => {
  expect([...settingsOf('gopher-quality.minWords=30,a.topGrams.2=0.5,x=y,=3,b.c=1e-4')]).toEqual([
    ['gopher-quality.minWords', 30],
    ['a.topGrams.2', 0.5],
    ['b.c', 1e-4],
  ]);
  expect(settingsOf(null).size).toBe(0);
});
