// Slow: every case compiles graphs of its own on ONNX Runtime
import type { TokenBatch } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { add, div, mul, neg, type Objective, reduceSum } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from '../checkpoint/load-checkpoint.js';
import { saveCheckpoint } from '../checkpoint/save-checkpoint.js';
import { createModelConfig } from '../config/create-model-config.js';
import { capturedGradients, gradientCapture } from '../fixtures/gradient-capture.js';
import { exportHuggingFace } from '../hugging-face/export-model.js';
import { createTransformer } from '../transformer.js';
import { initialParameters } from '../weights/initial-parameters.js';
import { sequenceFeeds } from './sequence-forward.js';

const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({
  vocabularySize: 11,
  contextLength: 16,
  depth: 2,
  width: 32,
  heads: 2,
  logitSoftcap: 4,
});
const [rows, columns] = [2, 6];
const ids = Array.from({ length: rows * columns }, (_, i) => (5 * i * i + i) % 11);
const batch: TokenBatch = {
  rows,
  columns,
  inputs: Int32Array.from(ids),
  targets: Int32Array.from(ids, (id) => (id * 3 + 1) % 11),
  weights: Float32Array.from(ids, (_, i) => (i % columns === 0 ? 0 : 1)),
  normalizer: 10,
};
const parameters = new Map(
  [...initialParameters(config, 1)].map(([name, { shape, data }]) => [
    name,
    { shape, data: data.map((value, i) => value * 3 + 0.02 * Math.sin(i)) },
  ]),
);

describe('temperature', () => {
  test('scores are those of logits divided by it, softcap and all', async () => {
    const model = await createTransformer({ config, executor, parameters });
    const logits = await model.logits(batch);
    const scores = await model.logProbabilities({ ...batch, temperature: 0.5 });
    for (const [position, target] of batch.targets.entries()) {
      const row = [...logits.subarray(position * 11, (position + 1) * 11)].map((logit) => logit / 0.5);
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      expect(scores[position]).toBeCloseTo(row[target]! - Math.log(sum), 4);
    }
    await expect(model.logProbabilities({ ...batch, temperature: 0 })).rejects.toThrow('temperature is 0');
  });

  test('an objective sees tempered log-probabilities, in compact memory too', async () => {
    for (const memory of ['fast', { pieceBytes: 256 }] as const) {
      const model = await createTransformer({ config, executor, parameters, memory });
      const scores = await model.logProbabilities({ ...batch, temperature: 2 });
      const { loss } = await model.trainStep({ ...batch, temperature: 2 }, { learningRate: 0 });
      const expected = scores.reduce((sum, score, i) => sum - score * batch.weights[i]!, 0) / 10;
      expect(loss).toBeCloseTo(expected, 5);
    }
  });
});

describe('scalar head', () => {
  const withHead = { ...config, tiedHead: false, logitSoftcap: undefined, scalarHead: true };

  test('is a row of a head, so that a row of the vocabulary’s gives its logits', async () => {
    const untied = new Map(parameters);
    const head = untied.get('lm_head.weight')!;
    untied.set('score.weight', { shape: [1, 32], data: head.data.slice(4 * 32, 5 * 32) });
    const model = await createTransformer({ config: withHead, executor, parameters: untied });
    const logits = await model.logits(batch);
    const values = await model.values(batch);
    for (let i = 0; i < values.length; i++) expect(values[i]).toBeCloseTo(logits[i * 11 + 4]!, 5);
    const plain = await createTransformer({ config, executor, parameters });
    await expect(plain.values(batch)).rejects.toMatchObject({ code: 'model/no-scalar-head' });
  });

  test('is part of a checkpoint, and of nothing that has no place for it', async () => {
    const model = await createTransformer({ config: withHead, executor, parameters, seed: 3 });
    const store = new MemoryStore();
    const tensors = await model.mergedParameters();
    await saveCheckpoint(store, 'c', { config: withHead, snapshot: await model.snapshot() });
    const loaded = await loadCheckpoint(store, 'c');
    expect(loaded.config.scalarHead).toBe(true);
    const again = await createTransformer({
      config: loaded.config,
      executor,
      parameters: loaded.snapshot.parameters,
    });
    expect(await again.values(batch)).toEqual(await model.values(batch));
    await expect(
      exportHuggingFace(store, 'h', { config: withHead, parameters: tensors }),
    ).rejects.toMatchObject({
      code: 'model/export-unsupported',
      message: expect.stringContaining('scalarHead is on'),
    });
  });

  test('is trained by an objective, beside adapters too, and begins from the seed where it is missing', async () => {
    const sum: Objective = {
      name: 'sum-of-values',
      extraInputs: [],
      build: ({ values, weights, normalizer }) => ({
        loss: div(reduceSum(mul(values(), weights)), normalizer),
      }),
    };
    for (const lora of [undefined, { rank: 2 }]) {
      const model = await createTransformer({
        config: withHead,
        executor,
        parameters,
        objective: sum,
        optimizer: gradientCapture,
        lora,
        seed: 3,
      });
      const values = await model.values(batch);
      const { loss } = await model.trainStep(batch, { learningRate: 1 });
      expect(loss).toBeCloseTo(values.reduce((total, v, i) => total + v * batch.weights[i]!, 0) / 10, 5);
      const gradients = capturedGradients(await model.snapshot());
      expect(gradients.has('score.weight')).toBe(true);
      expect(Math.max(...gradients.get('score.weight')!.data.map(Math.abs))).toBeGreaterThan(0);
      if (lora === undefined)
        expect(Math.max(...gradients.get('lm_head.weight')!.data.map(Math.abs))).toBe(0);
      const [said] = await model.generate([Int32Array.of(1, 2)], { maxNewTokens: 3, temperature: 0 });
      expect(said!.ids.length).toBe(3);
    }
  });
});

describe('noise on embeddings', () => {
  test('is uniform within alpha over the root of columns times width, the same for the same seed', () => {
    const wide = { ...config, width: 512 };
    const noise = (seed: number) =>
      sequenceFeeds(wide, { ...batch, embeddingNoise: { alpha: 5, seed } }).embeddingNoise!
        .data as Float32Array;
    const bound = 5 / Math.sqrt(columns * 512);
    const drawn = noise(1);
    expect(drawn.length).toBe(rows * columns * 512);
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(bound);
    const square = drawn.reduce((total, value) => total + value * value, 0) / drawn.length;
    expect(square / ((bound * bound) / 3)).toBeCloseTo(1, 1);
    expect(noise(1)).toEqual(drawn);
    expect(noise(2)).not.toEqual(drawn);
  });

  test('changes the loss of a training step, not what the model says', async () => {
    const model = await createTransformer({ config, executor, parameters, optimizer: gradientCapture });
    const step = async (alpha?: number) => {
      const embeddingNoise = alpha === undefined ? undefined : { alpha, seed: 1 };
      return (await model.trainStep({ ...batch, embeddingNoise }, { learningRate: 0 })).loss;
    };
    const plain = await step();
    expect(await step(0.001)).toBeCloseTo(plain, 3);
    expect(Math.abs((await step(50)) - plain)).toBeGreaterThan(0.001);
    expect(await step()).toBe(plain);
    await expect(step(0)).rejects.toThrow('embeddingNoise.alpha is 0');
  });
});

test('an objective may read a number for each id: −Σ q log p is cross-entropy where q is one-hot', async () => {
  const soft: Objective = {
    name: 'soft-cross-entropy',
    extraInputs: [],
    vocabularyInputs: ['teacher'],
    build: ({ distribution, extra, logProbabilities }) => ({
      loss: neg(div(reduceSum(mul(distribution(), extra.teacher!)), 10)),
      metrics: { plain: reduceSum(add(logProbabilities, 0)) },
    }),
  };
  const model = await createTransformer({ config, executor, parameters, objective: soft });
  const plain = await createTransformer({ config, executor, parameters });
  const teacher = new Float32Array(rows * columns * 11);
  for (const [i, target] of batch.targets.entries()) teacher[i * 11 + target] = batch.weights[i]!;
  const extraInputs = { teacher };
  const { loss } = await model.trainStep({ ...batch, extraInputs }, { learningRate: 0 });
  expect(loss).toBeCloseTo((await plain.trainStep(batch, { learningRate: 0 })).loss, 5);
  await expect(model.trainStep(batch, { learningRate: 0 })).rejects.toThrow('one for each id');
});
