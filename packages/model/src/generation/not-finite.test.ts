// Slow: three damaged models on two executors, each with a compiled graph for generation and one for scores.
import { createRandom, type NamedTensor } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import type { Executor } from '@llm/graph';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { evaluate } from '../evaluation/evaluate.js';
import { blimp } from '../evaluation/tasks/blimp.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { generateText } from './generate-text.js';
import { sampleToken } from './sample-token.js';

const config = createModelConfig({ vocabularySize: 320, contextLength: 32, depth: 1, width: 32, heads: 2 });
const prompts = [Int32Array.of(1, 2), Int32Array.of(3)];
const executors: Readonly<Record<string, () => Executor>> = {
  host: () => createNodeExecutor({ threads: 1 }),
  device: () => createNodeWorkerExecutor({ threads: 1 }),
};

/** A model of which one weight is `value`. */
function damaged(executor: Executor, value: number, name: string): Promise<Transformer> {
  const parameters = new Map<string, NamedTensor>(oracleParameters(config));
  const tensor = parameters.get(name)!;
  parameters.set(name, { ...tensor, data: tensor.data.with(5, value) });
  return createTransformer({ config, executor, parameters });
}

describe.each(Object.entries(executors))('%s', (_, create) => {
  test.each([
    [Number.NaN, 'model.norm.weight'],
    [Number.POSITIVE_INFINITY, 'model.layers.0.mlp.down_proj.weight'],
    [Number.NaN, 'lm_head.weight'],
  ])('%f in %s is an error in generation and scoring, not id 0', async (value, name) => {
    const model = await damaged(create(), value, name);
    const notFinite = { code: 'model/scores-not-finite' };
    for (const options of [{}, { temperature: 0 }, { topK: 3 }, { vocabularySize: 200 }])
      await expect(model.generate(prompts, { maxNewTokens: 3, ...options })).rejects.toMatchObject(notFinite);
    const batch = { rows: 1, columns: 3, inputs: Int32Array.of(1, 2, 3), targets: Int32Array.of(2, 3, 4) };
    await expect(model.logProbabilities(batch)).rejects.toMatchObject(notFinite);
    await expect(model.logits(batch)).rejects.toMatchObject(notFinite);
    const rows = [{ sentence_good: 'a b', sentence_bad: 'b a', UID: 'x' }];
    await expect(evaluate(model, new ByteTokenizer(), blimp, rows)).rejects.toMatchObject(notFinite);
    await model.dispose();
  });

  test('weights that become NaN between two tokens are found by the plain sampling in the graph', async () => {
    const model = await createTransformer({ config, executor: create() });
    const { parameters, ...rest } = await model.snapshot();
    const broken = new Map(parameters);
    broken.set('model.norm.weight', { shape: [32], data: new Float32Array(32).fill(Number.NaN) });
    await model.generate(prompts, { maxNewTokens: 3 });
    await model.restore({ ...rest, parameters: broken });
    await expect(model.generate(prompts, { maxNewTokens: 3 })).rejects.toThrow('Row 0, position 2');
    await model.dispose();
  });

  test('options that only this model has are refused by name, and so are forced ids that it lacks', async () => {
    const model = await createTransformer({ config, executor: create() });
    for (const [option, value] of [
      ['minP', 1.5],
      ['minP', Number.NaN],
      ['minP', -0.1],
      ['repetitionPenalty', 0],
      ['repetitionPenalty', Number.NaN],
      ['maxNewTokens', Number.POSITIVE_INFINITY],
    ] as const)
      await expect(model.generate(prompts, { maxNewTokens: 2, [option]: value })).rejects.toMatchObject({
        code: 'core/option-invalid',
        details: { option, value: String(value) },
      });
    for (const id of [-1, 320, 1.5, Number.NaN])
      await expect(
        model.generate(prompts, { maxNewTokens: 3, forceTokens: () => [id] }),
      ).rejects.toMatchObject({
        code: 'model/token-out-of-range',
      });
    await model.dispose();
  });

  test('text of a model with a padded vocabulary has only tokens of the tokenizer', async () => {
    const executor = create();
    const parameters = new Map<string, NamedTensor>(oracleParameters(config));
    // The rows that pad the vocabulary, from 257 on, are the most likely.
    const head = parameters.get('lm_head.weight')!;
    parameters.set('lm_head.weight', {
      ...head,
      data: head.data.map((value, i) => (i >= 257 * 32 ? 50 * value : value)),
    });
    const model = await createTransformer({ config, executor, parameters });
    const [free] = await model.generate(prompts, { maxNewTokens: 20, seed: 1 });
    expect(Math.max(...free!.ids)).toBeGreaterThan(256);
    for (const options of [{}, { temperature: 0 }, { topP: 0.9 }, { repetitionPenalty: 1.2 }]) {
      let reason: string | undefined;
      const given = { maxNewTokens: 20, seed: 1, ...options };
      for await (const { stopReason } of generateText(model, new ByteTokenizer(), prompts[0]!, given))
        reason = stopReason;
      expect(reason).toBe('length');
    }
    await model.dispose();
  });
});

test('sampleToken refuses options out of range and scores that choose nothing', () => {
  const random = createRandom(1);
  const logits = Float32Array.of(1, 2, 3);
  for (const [option, value] of [
    ['temperature', -1],
    ['temperature', Number.NaN],
    ['temperature', Number.POSITIVE_INFINITY],
    ['topK', 1.5],
    ['topK', -1],
    ['topP', Number.NaN],
    ['topP', 1.01],
    ['minP', 1.5],
  ] as const)
    expect(() => sampleToken(logits, { [option]: value }, random)).toThrow(
      expect.objectContaining({
        code: 'core/option-invalid',
        message: expect.stringContaining(`${option} is ${value}`),
      }),
    );
  const none = new Float32Array(3).fill(Number.NEGATIVE_INFINITY);
  for (const bad of [Float32Array.of(1, Number.NaN), Float32Array.of(Infinity, 0), none, new Float32Array(0)])
    for (const temperature of [0, 1])
      expect(() => sampleToken(bad, { temperature }, random)).toThrow(
        expect.objectContaining({ code: 'model/scores-not-finite' }),
      );
  expect(sampleToken(Float32Array.of(-Infinity, 0), {}, random)).toBe(1);
  expect(sampleToken(logits, { topK: 0, temperature: 1e-40 }, random)).toBe(2);
  expect(sampleToken(logits, { topP: 0 }, random)).toBe(2);
});
