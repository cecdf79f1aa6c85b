import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs and does what it says', async () => {
  const { pages, kept, spam, fact, conversations, tales, reward } = await readmeExample(import.meta.dirname, [
    'pages',
    'kept',
    'spam',
    'fact',
    'conversations',
    'tales',
    'reward',
  ]);
  expect(pages).toHaveLength(200);
  expect(kept).toHaveLength(113);
  expect(spam).toMatchObject({ truth: { keep: false, step: 'gopher-repetition' } });
  expect(fact).toMatchObject({
    id: expect.stringMatching(/^town\.river:/),
    answer: expect.stringMatching(/^The river in .* is the /),
  });
  expect(conversations).toHaveLength(1000);
  expect(tales).toHaveLength(100);
  expect(reward).toBe(1);
});
