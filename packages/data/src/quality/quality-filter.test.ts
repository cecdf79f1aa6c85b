import { expect, test } from 'vitest';
import { Page } from '../page/page.js';
import { fineWebEdu, qualityFilter } from './quality-filter.js';

test.each([
  // Python: int(round(max(0, min(score, 5)))) >= 3
  [2.49, 'drop'],
  [2.5, 'drop'],
  [2.51, 'keep'],
  [3, 'keep'],
  [9, 'keep'],
  [-4, 'drop'],
] as const)('FineWeb-Edu rounds %d, within 0 and 5, half to even', async (score, expected) => {
  const scorer = { name: 'eduScore', score: () => score };
  const step = qualityFilter(fineWebEdu(scorer));
  expect((await step.run(new Page({ content: 'text' }))).kind).toBe(expected);
});

test('a score that is no number is an error, not a verdict', async () => {
  const step = qualityFilter({ scorer: { name: 'broken', score: () => Number.NaN }, minimum: 0 });
  await expect(async () => step.run(new Page({ content: 'text' }))).rejects.toMatchObject({
    code: 'data/score-invalid',
  });
});
