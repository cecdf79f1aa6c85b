// Slow: a memorised model on two executors, each with a compiled graph.
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { memorized, memorizedParameters, tinyConfig } from '../fixtures/memorized-parameters.js';
import { createTransformer, type Transformer, type TransformerOptions } from '../transformer.js';
import type { TransformerGenerateOptions } from './generate-options.js';

const config = tinyConfig('qwen3');
const executors = {
  host: () => createNodeExecutor({ threads: 1 }),
  device: () => createNodeWorkerExecutor({ threads: 1 }),
};

describe.each(Object.entries(executors))('%s', (_, create) => {
  const open = async (options: Partial<TransformerOptions> = {}): Promise<Transformer> =>
    createTransformer({
      config,
      executor: create(),
      parameters: await memorizedParameters(config),
      ...options,
    });

  /** Beginnings of the memorised sequences, of 1 to 24 tokens. */
  const calls = Array.from({ length: 7 }, (_, call) => ({
    prompt: memorized[call % 2]!.subarray(0, 1 + ((call * 7) % 24)),
    options: { maxNewTokens: 8 + ((call * 5) % 16), temperature: 0, topLogProbabilities: 2 },
  }));

  async function run(model: Transformer, { prompt, options }: (typeof calls)[number], more = {}) {
    const [completion] = await model.generate([prompt], { ...options, ...more });
    return completion!;
  }

  test.each([
    {},
    { prefixCache: { bytes: 1e6 } },
    // Room for two or three rows.
    { cacheBytes: 300_000 },
  ])('greedy calls side by side give the ids that each gives alone, and its scores: %o', async (options) => {
    const plain = await open();
    const model = await open(options);
    const controller = new AbortController();
    const together = calls.map((call, index) =>
      run(model, call, {
        signal: index === 4 ? controller.signal : undefined,
        onToken: index === 4 ? () => controller.abort(new Error('enough')) : undefined,
      }).catch((error) => error.message as string),
    );
    // More come when the first are on their way.
    await together[0];
    together.push(...calls.map((call) => run(model, call)));
    for (const [index, found] of (await Promise.all(together)).entries()) {
      if (index === 4) {
        expect(found).toBe('enough');
        continue;
      }
      const expected = await run(plain, calls[index % calls.length]!);
      if (typeof found === 'string') throw new Error(found);
      expect(found.ids).toEqual(expected.ids);
      expect(found.stopReason).toBe(expected.stopReason);
      for (const [i, top] of expected.topLogProbabilities!.entries())
        for (const [rank, { logProbability }] of top.entries())
          expect(found.topLogProbabilities![i]![rank]!.logProbability).toBeCloseTo(logProbability, 4);
    }
    const statistics = model.generationStatistics;
    expect(statistics.reusedTokens > 0).toBe('prefixCache' in options);
    expect([statistics.rowsActive, statistics.rowsWaiting]).toEqual([0, 0]);
    if ('prefixCache' in options) expect(statistics.cacheBytes).toBeLessThanOrEqual(1e6);
    for (const used of [model, plain]) await used.dispose();
  });

  test('parameters that change between two calls do not meet keys and values of the old ones', async () => {
    const model = await open({ prefixCache: { bytes: 1e6 } });
    const plain = await open();
    const call: { prompt: Int32Array; options: TransformerGenerateOptions } = calls[3]!;
    await model.generate([call.prompt], call.options);
    const snapshot = await model.snapshot();
    const parameters = new Map(
      [...snapshot.parameters].map(([name, tensor]) => [
        name,
        name.includes('k_proj') ? { ...tensor, data: tensor.data.map((x) => 0.9 * x) } : tensor,
      ]),
    );
    for (const changed of [model, plain]) await changed.restore({ ...snapshot, parameters });
    const expected = await plain.generate([call.prompt], call.options);
    expect(await model.generate([call.prompt], call.options)).toEqual(expected);
    // And the new ones are kept.
    const before = model.generationStatistics.reusedTokens;
    await model.generate([call.prompt], call.options);
    expect(model.generationStatistics.reusedTokens).toBeGreaterThan(before);
    for (const used of [model, plain]) await used.dispose();
  });
});

test('limits that are no numbers are refused by name', async () => {
  const executor = createNodeExecutor({ threads: 1 });
  for (const [option, given] of [
    ['cacheBytes', { cacheBytes: Number.NaN }],
    ['prefixCache.bytes', { prefixCache: { bytes: -1 } }],
  ] as const)
    await expect(createTransformer({ config, executor, ...given })).rejects.toMatchObject({
      code: 'core/option-invalid',
      details: { option },
    });
});
