import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { createTransformer } from '../transformer.js';

test('a model that no machine holds is refused before anything is made', async () => {
  const sizes = { vocabularySize: 64, contextLength: 64, depth: 2, width: 64, heads: 2 };
  for (const larger of [
    { depth: 2_000_000_000 },
    { width: 2 ** 24 },
    { vocabularySize: 2_000_000_000 },
    { contextLength: 2_000_000_000, positions: 'learned' },
  ] as const) {
    const config = createModelConfig({ ...sizes, ...larger });
    await expect(createTransformer({ config, executor: createNodeExecutor() })).rejects.toMatchObject({
      code: 'model/too-large',
    });
  }
});
