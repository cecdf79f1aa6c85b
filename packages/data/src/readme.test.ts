import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs and does what it says', async () => {
  const { menu, text, keeper } = await readmeExample(import.meta.dirname, ['menu', 'text', 'keeper']);
  expect(menu).toMatchObject({ kind: 'dropped', step: 'extraction', reason: 'empty' });
  expect(text).toContain('Write to email@example.com, who keeps');
  expect(text).not.toContain('Home');
  expect(keeper).toEqual([0, 0]);
});
