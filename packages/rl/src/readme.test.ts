import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

// Slow: the example practises until it is right

test('the example of the README runs and does what it says', async () => {
  const { before, after } = await readmeExample(import.meta.dirname, ['before', 'after']);
  expect(before).toMatchObject({ n: 10, accuracy: 0 });
  expect(after).toMatchObject({ n: 10, accuracy: 1 });
});
