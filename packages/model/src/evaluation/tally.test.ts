import { expect, test } from 'vitest';
import { centredAccuracy, Tally } from './tally.js';

const tallyOf = (...values: readonly [number, number?][]): Tally => {
  const tally = new Tally();
  for (const [value, weight] of values) tally.add(value, weight);
  return tally;
};

test('mean and standard error of plain values: sample deviation over √n', () => {
  const { n, mean, standardError } = tallyOf([1], [2], [3], [6]);
  expect([n, mean]).toEqual([4, 3]);
  expect(standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 12);
});

test('with weights the mean is a ratio of sums; equal weights change nothing', () => {
  expect(tallyOf([2, 10], [1, 30]).mean).toBe(50 / 40);
  expect(tallyOf([1, 5], [2, 5], [6, 5]).standardError).toBeCloseTo(tallyOf([1], [2], [6]).standardError, 12);
});

test('too few values have no standard error', () => {
  expect(tallyOf().mean).toBeNaN();
  expect(tallyOf([1]).standardError).toBeNaN();
});

test('centred accuracy is 0 at chance and 1 when all is right', () => {
  expect([centredAccuracy(0.25, 0.25), centredAccuracy(1, 0.25), centredAccuracy(0.625, 0.25)]).toEqual([
    0, 1, 0.5,
  ]);
});
