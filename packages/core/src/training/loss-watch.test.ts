import { expect, test } from 'vitest';
import { LossWatch } from './loss-watch.js';

test('the mean of the last 20 against the lowest such mean', () => {
  const watch = new LossWatch(2);
  const trends = [6, 4, 2, 2, 9, 2].map((loss) => watch.add(loss));
  // Means: 6, 5, 4, 3.5, 4.6 (1.1 above the lowest), 25/6.
  expect(trends).toEqual(['falling', 'falling', 'falling', 'falling', 'rising', 'falling']);
  expect(watch.lowest).toBe(3.5);
  expect(watch.mean).toBeCloseTo(25 / 6, 12);
  // (25 + 20) / 7 = 6.43 is 2.93 above.
  expect(watch.add(20)).toBe('exploding');
  expect(new LossWatch(Number.POSITIVE_INFINITY).add(Number.NaN)).toBe('exploding');
});

test('only 20 losses count', () => {
  const watch = new LossWatch(2);
  watch.add(1000);
  for (let step = 0; step < 20; step++) watch.add(1);
  expect(watch.mean).toBe(1);
});
