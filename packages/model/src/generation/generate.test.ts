// Slow: models of three kinds generate on ONNX Runtime
import { createRandom } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig, type ModelConfigOptions } from '../config/create-model-config.js';
import { nanochatStyle } from '../config/nanochat-style.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { indexOfMaximum } from './sample-token.js';

const executor = createNodeExecutor({ threads: 1 });

async function create(overrides: Partial<ModelConfigOptions> = {}): Promise<Transformer> {
  const config = createModelConfig({
    vocabularySize: 41,
    contextLength: 80,
    depth: 2,
    width: 32,
    heads: 4,
    ...overrides,
  });
  return createTransformer({ config, executor, parameters: oracleParameters(config) });
}

/** Greedy continuation without a cache: the whole sequence through the model for every token. */
async function uncached(model: Transformer, prompt: Int32Array, count: number): Promise<number[]> {
  const ids = [...prompt];
  while (ids.length < prompt.length + count) {
    const columns = ids.length;
    const logits = await model.logits({ rows: 1, columns, inputs: Int32Array.from(ids) });
    ids.push(indexOfMaximum(logits.subarray((columns - 1) * model.vocabularySize)));
  }
  return ids.slice(prompt.length);
}

const random = createRandom(4);
const prompts = [3, 1, 9, 9, 20].map((length) => Int32Array.from({ length }, () => random.integer(41)));
prompts.push(prompts[2]!);

describe('generation', () => {
  const architectures: readonly Partial<ModelConfigOptions>[] = [
    {},
    { keyValueHeads: 2 },
    { positions: 'learned', normalization: 'layer', feedForward: 'geluTanh', queryKeyNormalization: 'none' },
    { ...nanochatStyle, keyValueHeads: 2 },
  ];
  for (const overrides of architectures) {
    test(`cached equals uncached, token for token: ${JSON.stringify(overrides)}`, async () => {
      const model = await create(overrides);
      // 40 new tokens outgrow the first block of cache slots.
      const completions = await model.generate(prompts, { maxNewTokens: 40, temperature: 0 });
      for (const row of [0, 1, 4])
        expect([...completions[row]!.ids]).toEqual(await uncached(model, prompts[row]!, 40));
      expect(completions[5]).toEqual(completions[2]);
      await model.dispose();
    });
  }

  test.each([{}, nanochatStyle])(
    'rows that end early and forced tokens leave the other rows as they were: %o',
    async (overrides) => {
      const model = await create(overrides);
      const options = { maxNewTokens: 24, seed: 5, temperature: 0.8, topK: 20, topP: 0.95 };
      const alone = await model.generate(prompts, options);
      const stop = alone[0]!.ids[4]!;
      const mixed = await model.generate(prompts, {
        ...options,
        stopTokens: [stop],
        forceTokens: (row, generated) => (row === 1 && generated.length === 3 ? [7, 8, 9, 10] : undefined),
      });
      expect(mixed[0]!.stopReason).toBe('stop');
      expect(mixed[0]!.ids.at(-1)).toBe(stop);
      for (const [row, completion] of mixed.entries()) {
        if (row === 1) continue;
        const expected = [...alone[row]!.ids];
        const end = expected.indexOf(stop);
        expect([...completion.ids]).toEqual(end < 0 ? expected : expected.slice(0, end + 1));
      }
      const { ids, forced, logProbabilities } = mixed[1]!;
      expect([...ids.slice(0, 7)]).toEqual([...alone[1]!.ids.slice(0, 3), 7, 8, 9, 10]);
      expect([...forced.slice(0, 8)]).toEqual([0, 0, 0, 1, 1, 1, 1, 0]);
      // What was sampled after the forced tokens was scored with them in view.
      const all = [...prompts[1]!, ...ids];
      const scores = await model.logProbabilities({
        rows: 1,
        columns: all.length - 1,
        inputs: Int32Array.from(all.slice(0, -1)),
        targets: Int32Array.from(all.slice(1)),
      });
      for (let i = 0; i < ids.length; i++)
        if (forced[i] === 0) expect(logProbabilities[i]).toBeCloseTo(scores[prompts[1]!.length - 1 + i]!, 3);
      await model.dispose();
    },
  );

  test('a full window ends a row, and an unusable prompt is a typed error', async () => {
    const model = await create({ contextLength: 8 });
    const [full] = await model.generate([new Int32Array(8).fill(1)], { maxNewTokens: 3 });
    expect([full!.ids.length, full!.stopReason]).toEqual([0, 'context']);
    expect(await model.generate([], { maxNewTokens: 3 })).toEqual([]);
    const codeOf = (prompt: Int32Array): Promise<unknown> => model.generate([prompt], { maxNewTokens: 1 });
    await expect(codeOf(new Int32Array(9))).rejects.toMatchObject({ code: 'model/prompt-too-long' });
    await expect(codeOf(new Int32Array(0))).rejects.toMatchObject({ code: 'model/prompt-empty' });
    await expect(codeOf(Int32Array.of(41))).rejects.toMatchObject({ code: 'model/token-out-of-range' });
    await model.dispose();
  });

  test('an aborted generation stops', async () => {
    const model = await create();
    const controller = new AbortController();
    const generation = model.generate(prompts, {
      maxNewTokens: 50,
      signal: controller.signal,
      onToken: (_, id) => id >= 0 && controller.abort(),
    });
    await expect(generation).rejects.toThrow();
    await model.dispose();
  });
});
