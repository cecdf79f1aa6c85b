import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs and does what it says', async () => {
  const { text, answer } = await readmeExample(import.meta.dirname, ['text', 'answer']);
  expect(typeof text).toBe('string');
  expect(Object.keys(JSON.parse(answer as string) as object)).toEqual(['name', 'age']);
});
