import { expect, test } from 'vitest';
import { penalizeRepetition } from './repetition-penalty.js';

test('seen tokens lose, whatever the sign of their score; counted once', () => {
  const scores = Float32Array.of(2, -2, 3, -3);
  expect([...penalizeRepetition(scores, [0, 1, 1], 2)]).toEqual([1, -4, 3, -3]);
  expect([...scores]).toEqual([2, -2, 3, -3]);
});
