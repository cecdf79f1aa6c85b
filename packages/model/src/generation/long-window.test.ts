import type { Executor } from '@llm/graph';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer, type Transformer } from '../transformer.js';

const executors: Readonly<Record<string, () => Executor>> = {
  host: () => createNodeExecutor({ threads: 1 }),
  device: () => createNodeWorkerExecutor({ threads: 1 }),
};

describe.each(Object.entries(executors))('%s', (_, create) => {
  const open = (contextLength: number): Promise<Transformer> => {
    const config = createModelConfig({ vocabularySize: 31, contextLength, depth: 2, width: 32, heads: 2 });
    return createTransformer({ config, executor: create(), parameters: oracleParameters(config) });
  };

  test('a window of ten million tokens costs what is used of it', async () => {
    const [small, large] = [await open(64), await open(10_000_000)];
    const prompts = [Int32Array.of(3, 1, 4), Int32Array.of(1, 5)];
    const options = { maxNewTokens: 20, temperature: 0 };
    const before = process.memoryUsage().rss;
    const [expected, found] = [
      await small.generate(prompts, options),
      await large.generate(prompts, options),
    ];
    expect(found).toEqual(expected);
    // All that may come, too: it ends at a stop token.
    const stopTokens = [expected[0]!.ids[5]!];
    const all = { ...options, maxNewTokens: 9_000_000, stopTokens };
    const [stopped] = await large.generate([prompts[0]!], all);
    expect(expected[0]!.ids.subarray(0, stopped!.ids.length)).toEqual(stopped!.ids);
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
    for (const model of [small, large]) await model.dispose();
  });

  test('tables and caches that grow while a row goes on change nothing', async () => {
    const model = await open(4096);
    const prompt = Int32Array.from({ length: 505 }, (_, i) => (i * 7 + (i >> 3)) % 31);
    // Over 512 positions, where the first tables end, and while another generation is on its way.
    const options = { maxNewTokens: 30, temperature: 0, topLogProbabilities: 1 };
    const [[completion], [other]] = await Promise.all([
      model.generate([prompt], options),
      model.generate([prompt.subarray(0, 490)], options),
    ]);
    for (const [start, row] of [
      [505, completion!],
      [490, other!],
    ] as const) {
      const ids = [...prompt.subarray(0, start), ...row.ids];
      const columns = ids.length - 1;
      const inputs = Int32Array.from(ids.slice(0, -1));
      const targets = Int32Array.from(ids.slice(1));
      const scores = await model.logProbabilities({ rows: 1, columns, inputs, targets });
      for (const [i, score] of row.logProbabilities.entries())
        expect(score).toBeCloseTo(scores[start - 1 + i]!, 3);
    }
    await model.dispose();
  });
});
