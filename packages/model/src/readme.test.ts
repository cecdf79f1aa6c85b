import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs and does what it says', async () => {
  const { bits, text } = await readmeExample(import.meta.dirname, ['bits', 'text']);
  expect(bits).toBeLessThan(1);
  expect(text).toBe('sat on ');
});
