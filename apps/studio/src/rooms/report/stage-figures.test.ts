import { expect, test } from 'vitest';
import { stageFigures } from './stage-figures.js';

test('figures of a summary, with what they were before and where they lead', () => {
  const figures = stageFigures('rl', {
    steps: 8,
    ...{ accuracyBefore: 0.0625, accuracyAfter: 0.8125, n: 64, intervalAfter: [0.7, 0.889] },
  });
  expect(figures).toEqual([
    {
      name: 'Right answers',
      value: '81.3 %',
      beside: 'was 6.3 %, 95 %: 70 % to 88.9 %, of 64 questions',
      room: 'training',
      query: { stage: 'rl', metric: 'accuracy' },
    },
    { name: 'Steps', value: '8', beside: undefined, room: 'rollouts', query: { stage: 'rl' } },
  ]);
});

test('what is not there, null, or of another kind is left out', () => {
  expect(
    stageFigures('sft', { rightFactsAfter: null, heldOutLossAfter: 'low', formatValidAfter: 1 }),
  ).toMatchObject([{ name: 'Whole messages', value: '100 %' }]);
  expect(stageFigures('unheard-of', { pages: 3 })).toEqual([]);
});
