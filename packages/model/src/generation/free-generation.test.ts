import type { Executor } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer } from '../transformer.js';

test('what generation holds is freed, at once or when the running call has ended, and made anew', async () => {
  const executor = createNodeExecutor({ threads: 1 });
  const open = new Set<object>();
  const counting: Executor = {
    ...executor,
    createSession: async (...of) => {
      const session = await executor.createSession(...of);
      open.add(session);
      const { run } = session;
      return {
        run: (...feeds) => run.apply(session, feeds),
        dispose: () => {
          open.delete(session);
          return session.dispose();
        },
      };
    },
  };
  const config = createModelConfig({ vocabularySize: 41, contextLength: 32, depth: 1, width: 32, heads: 4 });
  const parameters = oracleParameters(config);
  for (const lora of [undefined, { rank: 2 }]) {
    const model = await createTransformer({ config, executor: counting, parameters, lora });
    const answer = async (onToken?: () => void): Promise<number[]> => {
      const options = { maxNewTokens: 6, temperature: 0, onToken };
      return [...(await model.generate([Int32Array.of(3, 1, 4)], options))[0]!.ids];
    };
    const ids = await answer();
    expect(open.size).toBe(1);
    await model.freeGeneration();
    expect(open.size).toBe(0);
    const freed: Promise<void>[] = [];
    expect(await answer(() => void freed.push(model.freeGeneration()))).toEqual(ids);
    await Promise.all(freed);
    expect([freed.length, open.size]).toEqual([6, 0]);
    expect(await answer()).toEqual(ids);
    await model.dispose();
    expect(open.size).toBe(0);
  }
});
