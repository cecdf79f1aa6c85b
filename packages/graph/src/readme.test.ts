import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README learns exclusive or', async () => {
  const { last } = await readmeExample(import.meta.dirname, ['last']);
  expect(last).toBeLessThan(0.001);
});
