import { expect, test } from 'vitest';
import { duplicateProbability, jaccard, shingles, simplify } from './shingles.js';

test('simplify: lower case, numbers to 0, punctuation and accents gone', () => {
  expect(simplify('The Café — “No. 3.14”,\n at 27 e-mails!')).toBe('the cafe no 0 at 0 e mails');
});

test('jaccard of texts of seven words that differ in the last: 2 of 4 shingles', () => {
  const a = shingles('one two three four five six seven');
  const b = shingles('one two three four five six eight');
  expect([...a]).toEqual(['one two three four five', 'two three four five six', 'three four five six seven']);
  expect(jaccard(a, b)).toBe(2 / 4);
  expect(jaccard(a, a)).toBe(1);
  expect(jaccard(new Set(), new Set())).toBe(0);
});

// Published in the FineWeb blog: 56, 77, 92 and 98.8 %.
test.each([
  [0.7, 0.565],
  [0.75, 0.772],
  [0.8, 0.924],
  [0.85, 0.988],
])('duplicateProbability(%f) = %f', (similarity, probability) => {
  expect(duplicateProbability(similarity)).toBeCloseTo(probability, 2.5);
});
