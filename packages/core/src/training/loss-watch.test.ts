import { expect, test } from 'vitest';
import { LossWatch } from './loss-watch.js';

const repeat = (times: number, loss: number): number[] => Array.from({ length: times }, () => loss);

test('the mean of the last 20 against the lowest such mean', () => {
  const watch = new LossWatch(2);
  const trends = [...repeat(10, 4), ...repeat(9, 2), 30, 2].map((loss) => watch.add(loss));
  // Means: 4 at ten, 58/19 = 3.05 at nineteen, 4.4 at twenty (1.3 above that), 4.3 when the first has left.
  expect(trends).toEqual([...Array.from({ length: 19 }, () => 'falling'), 'rising', 'rising']);
  expect(watch.lowest).toBeCloseTo(58 / 19, 12);
  expect(watch.mean).toBeCloseTo(4.3, 12);
  // (86 - 4 + 30) / 20 = 5.6 is 2.5 above.
  expect(watch.add(30)).toBe('exploding');
  expect(new LossWatch(Number.POSITIVE_INFINITY).add(Number.NaN)).toBe('exploding');
});

test('the first batches of a mixture are no measure: answers that are known, then pages that are not', () => {
  const watch = new LossWatch(2);
  const trends = [0.2, 2.5, 7.7, 6.4, 3.9, 5.4, 5.3, 4.6, 5.6, 3.7, 3.6, 4.6, 2.7, 4.2].map((loss) =>
    watch.add(loss),
  );
  expect(new Set(trends)).toEqual(new Set(['falling']));
});

test('a loss that explodes from its second step on is one still', () => {
  const watch = new LossWatch(2);
  const trends = [8, ...repeat(12, 500)].map((loss) => watch.add(loss));
  expect(trends.indexOf('exploding')).toBe(10);
  expect(watch.add(Number.NaN)).toBe('exploding');
});

test('only 20 losses count', () => {
  const watch = new LossWatch(2);
  watch.add(1000);
  for (let step = 0; step < 20; step++) watch.add(1);
  expect(watch.mean).toBe(1);
});
