import { expect, test } from 'vitest';
import { splitList, splitLists } from './split-list.js';

test('entries are apart by comma and space, and may have spaces', () => {
  expect(splitList('hat, wooden box, bell')).toEqual(['hat', 'wooden box', 'bell']);
  expect(splitLists({ one: 'a', two: 'b, c' })).toEqual({ one: ['a'], two: ['b', 'c'] });
});
