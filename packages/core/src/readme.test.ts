import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { ids, missing, events } = await readmeExample(import.meta.dirname, ['ids', 'missing', 'events']);
  expect([...(ids as Int32Array)]).toEqual([104, 101, 108, 108, 111]);
  expect(missing).toBe('core/artifact-missing');
  expect(events).toMatchObject([{ type: 'progress', unit: 'rolls' }]);
});
