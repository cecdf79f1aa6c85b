import { expect, test } from 'vitest';
import { parsePage } from './page-tree.js';

// Slow: pages tens of thousands of elements deep

test('steps are counted: a deep page with closing tags that close nothing ends at the same one everywhere', () => {
  const deep = '<b>'.repeat(1000);
  const maxSteps = 500_500 / 16 + 10 * 1001;
  // Opening them takes (1 + … + 1000) / 16 steps; with the
  // document 1001 are open then, so many steps a closing tag.
  expect(parsePage(`${deep}${'</x>'.repeat(10)}`, { maxSteps })?.size).toBe(1001);
  expect(parsePage(`${deep}${'</x>'.repeat(11)}`, { maxSteps })).toBeUndefined();
  // What is not seen (a script, a navigation) is open, too.
  expect(parsePage(`<noscript>${deep}${'</x>'.repeat(11)}`, { maxSteps })).toBeUndefined();
});

test('a page as deep as it is long, and one of nothing but wrong closing tags, end', () => {
  expect(parsePage(`${'<b>'.repeat(60_000)}${'</x>'.repeat(20_000)}`)).toBeUndefined();
  expect(parsePage('</x>'.repeat(200_000))?.size).toBe(1);
  expect(parsePage(`${'<b>'.repeat(60_000)}x`)?.size).toBe(60_002);
}, 60_000);
