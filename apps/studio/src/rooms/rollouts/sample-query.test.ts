import { describe, expect, test } from 'vitest';
import { rolloutFilters, rolloutOrders } from '../../wire/index.js';
import { filterTitles, nameOf, orderTitles, parseName, sampleQuery, toggled } from './sample-query.js';

describe('what is asked of a step', () => {
  test('everything that the server knows has a title', () => {
    expect(filterTitles.map(([name]) => name)).toEqual([...rolloutFilters]);
    expect(orderTitles.map(([name]) => name).sort()).toEqual([...rolloutOrders].sort());
  });
  test('only what differs from all is in the query', () => {
    expect(sampleQuery(new URLSearchParams('run=x&stage=rl&text='))).toBe('');
    expect(sampleQuery(new URLSearchParams('run=x&order=-reward&text=a%26b'))).toBe(
      '?order=-reward&text=a%26b',
    );
  });
  test('names of samples', () => {
    expect(parseName(nameOf({ stage: 'rl', step: 8, index: 13 }))).toEqual({
      stage: 'rl',
      step: 8,
      index: 13,
    });
    for (const name of ['', 'rl.8', 'rl.-1.2', '../x.1.2', 'rl.1.2.3'])
      expect(parseName(name)).toBe(undefined);
  });
  test('two are compared', () => {
    expect(toggled([], 'a')).toEqual(['a']);
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'c')).toEqual(['a', 'c']);
    expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
  });
});
