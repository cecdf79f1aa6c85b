/** Rows that begin alike, packed into one: the same numbers as apart. */
import { createRandom, type TokenBatch } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { nanochatStyle } from '../config/nanochat-style.js';
import { capturedGradients, gradientCapture } from '../fixtures/gradient-capture.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import { fromHuggingFaceConfig } from '../hugging-face/config.js';
import { createTransformer } from '../transformer.js';
import type { MemoryOption } from './memory.js';

const executor = createNodeExecutor({ threads: 1 });
const small = { vocabularySize: 48, contextLength: 40, depth: 2, width: 32, headWidth: 8 };

/** Two prompts of 20 and 18 tokens, each with three answers of 1 to 4. */
function batches({ vocabularySize }: ModelConfig): { apart: TokenBatch; packed: TokenBatch } {
  const random = createRandom(7);
  const ids = (count: number): number[] =>
    Array.from({ length: count }, () => random.integer(vocabularySize));
  const groups = [20, 18].map((length) => ({
    prompt: ids(length),
    answers: [1, 4, 2].map((count) => ({ ids: ids(count), weight: random.uniform() - 0.5 })),
  }));
  const empty = (rows: number, columns: number) => ({
    rows,
    columns,
    inputs: new Int32Array(rows * columns),
    targets: new Int32Array(rows * columns),
    weights: new Float32Array(rows * columns),
    normalizer: 5,
  });
  const apart = empty(6, 25);
  const packed = { ...empty(2, 31), branches: new Int32Array(62).fill(9) };
  for (const [group, { prompt, answers }] of groups.entries()) {
    let at = group * 31;
    const shared = prompt.slice(0, -1);
    packed.inputs.set(shared, at);
    packed.branches.fill(0, at, at + shared.length);
    at += shared.length;
    for (const [index, { ids: answer, weight }] of answers.entries()) {
      const start = (group * 3 + index) * 25;
      apart.inputs.set([...prompt, ...answer.slice(0, -1)], start);
      apart.targets.set(answer, start + shared.length);
      apart.weights.fill(weight, start + shared.length, start + shared.length + answer.length);
      packed.inputs.set([prompt.at(-1)!, ...answer.slice(0, -1)], at);
      packed.targets.set(answer, at);
      packed.weights.fill(weight, at, at + answer.length);
      packed.branches.fill(index + 1, at, at + answer.length);
      at += answer.length;
    }
  }
  return { apart, packed };
}

async function measure(config: ModelConfig, batch: TokenBatch, memory: MemoryOption) {
  const parameters = oracleParameters(config);
  const model = await createTransformer({ config, executor, parameters, optimizer: gradientCapture, memory });
  const { loss } = await model.trainStep(batch, { learningRate: 0 });
  const gradients = capturedGradients(await model.snapshot());
  await model.dispose();
  return { loss, gradients };
}

describe.each<[string, ModelConfig]>([
  [
    'rotary positions, keys shared by query heads',
    fromHuggingFaceConfig(JSON.stringify(llama.config), 'llama'),
  ],
  ['learned positions', { ...fromHuggingFaceConfig(JSON.stringify(gpt2.config), 'gpt2'), contextLength: 40 }],
  ['a window', createModelConfig({ ...small, attentionWindow: 3, windowedLayers: [true, false] })],
  ['the token before, value embeddings', createModelConfig({ ...small, ...nanochatStyle })],
])('%s', (_, config) => {
  test.each<MemoryOption>(['fast', 'compact'])('loss and gradients as apart, %s', async (memory) => {
    const { apart, packed } = batches(config);
    const [expected, found] = [await measure(config, apart, 'fast'), await measure(config, packed, memory)];
    expect(found.loss).toBeCloseTo(expected.loss, 5);
    // A lone number is a sum of thousands that nearly cancel.
    for (const [name, { data }] of expected.gradients)
      expect(worst(found.gradients.get(name)!.data, data), name).toBeLessThan(data.length > 1 ? 2e-5 : 1e-3);
  });
});

/** Greatest difference over the greatest number. */
function worst(found: Float32Array, expected: Float32Array): number {
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0) / size;
}

test('what all share stands at the beginning, and no segments beside it', async () => {
  const config = createModelConfig(small);
  const { packed } = batches(config);
  const model = await createTransformer({ config, executor });
  const step = (changes: Partial<TokenBatch>) =>
    model.trainStep({ ...packed, ...changes }, { learningRate: 0 });
  await expect(step({ branches: packed.branches!.with(29, 0) })).rejects.toThrow(
    /0 again in row 0, column 29/,
  );
  await expect(step({ weights: packed.weights.with(3, 1) })).rejects.toThrow(
    /row 0, column 3, which is of no/,
  );
  await expect(step({ segments: new Int32Array(62) })).rejects.toThrow(/both segments and branches/);
  await model.dispose();
});
