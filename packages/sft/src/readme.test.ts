import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs and does what it says', async () => {
  const { report } = await readmeExample(import.meta.dirname, ['report']);
  expect(report).toMatchObject({ n: 1, formatValid: 1, exactMatch: 1, stopRate: 1 });
});
