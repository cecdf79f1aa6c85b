// Slow: every case compiles graphs of its own on ONNX Runtime
import { createRandom, type TokenBatch } from '@llm/core';
import { add, div, mul, neg, type Objective, reduceSum } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { capturedGradients, gradientCapture } from '../fixtures/gradient-capture.js';
import { createTransformer } from '../transformer.js';
import { initialParameters } from '../weights/initial-parameters.js';
import { negativeLogLikelihood } from './negative-log-likelihood.js';
import { positionsRead, readFeeds, readNumbers } from './read-positions.js';

const executor = createNodeExecutor({ threads: 1 });
const [rows, columns] = [3, 8];
const random = createRandom(5, 'read');
const ids = Int32Array.from({ length: rows * columns }, () => random.uint32() % 11);
const batch: TokenBatch = {
  rows,
  columns,
  inputs: ids,
  targets: Int32Array.from(ids, (id) => (id * 3 + 1) % 11),
  weights: Float32Array.from(ids, (_, i) => (i % 3 === 0 ? 0.5 + (i % 5) : 0)),
  normalizer: 7,
  extraInputs: { active: Float32Array.from(ids, (_, i) => (i % 4 === 1 ? 1 : 0)) },
};

/** Reads log-probabilities, entropy and distribution, each with weights of its own. */
const wide: Objective = {
  name: 'wide',
  extraInputs: ['active'],
  readsWhere: 'active',
  build: ({ logProbabilities, entropy, normalizer, extra, weights }) => {
    const active = extra.active!;
    const parts = add(mul(logProbabilities, add(weights, active)), entropy());
    return { loss: div(neg(reduceSum(mul(parts, active))), normalizer), metrics: { seen: reduceSum(parts) } };
  },
};
const everywhere = (objective: Objective): Objective => ({ ...objective, readsWhere: undefined });

describe.each([
  ['Llama', {}],
  ['a softcap and a head of its own', { logitSoftcap: 4, tiedEmbeddings: false }],
] as const)('%s', (_, shape) => {
  const config = createModelConfig({
    ...{ vocabularySize: 11, contextLength: 16, depth: 2, width: 32, heads: 2 },
    ...shape,
  });
  const parameters = initialParameters(config, 1);

  test.each([negativeLogLikelihood, wide])(
    '$name: loss and every gradient are those of all positions',
    async (objective) => {
      const found = await Promise.all(
        [objective, everywhere(objective)].map(async (each) => {
          const model = await createTransformer({
            ...{ config, executor, parameters, objective: each },
            optimizer: gradientCapture,
          });
          const { loss } = await model.trainStep(batch, { learningRate: 1 });
          return { loss, gradients: await capturedGradients(await model.snapshot()) };
        }),
      );
      const [some, all] = found;
      expect(some!.loss).toBeCloseTo(all!.loss, 5);
      expect([...some!.gradients.keys()]).toEqual([...all!.gradients.keys()]);
      for (const [name, gradient] of all!.gradients)
        for (const [i, value] of gradient.data.entries())
          expect(Math.abs(some!.gradients.get(name)!.data[i]! - value), name).toBeLessThan(1e-5);
    },
  );
});

test('one graph serves batches that read more or less', async () => {
  const config = createModelConfig({ vocabularySize: 11, contextLength: 16, depth: 1, width: 16, heads: 2 });
  const parameters = initialParameters(config, 1);
  const losses = async (objective: Objective): Promise<number[]> => {
    const model = await createTransformer({ config, executor, parameters, objective });
    const found: number[] = [];
    for (const most of [1, 5, 23]) {
      const weights = Float32Array.from(ids, (_, i) => (i <= most ? 1 : 0));
      found.push((await model.trainStep({ ...batch, weights }, { learningRate: 1e-2 })).loss);
    }
    return found;
  };
  const some = await losses(negativeLogLikelihood);
  for (const [i, loss] of (await losses(everywhere(negativeLogLikelihood))).entries())
    expect(some[i]).toBeCloseTo(loss, 5);
});

test('what is read is named by the batch', () => {
  expect(readNumbers(negativeLogLikelihood, batch)).toBe(batch.weights);
  expect(readNumbers(wide, batch)).toBe(batch.extraInputs!.active);
  expect(readNumbers(everywhere(wide), batch)).toBeUndefined();
  expect(readNumbers(negativeLogLikelihood, { weights: Float32Array.of(1, 2) })).toBeUndefined();
  expect(readNumbers(negativeLogLikelihood, { weights: new Float32Array(2) })).toBeUndefined();
  const read = positionsRead(Float32Array.of(0, 2, 0, -1));
  expect([...read]).toEqual([1, 3]);
  expect(readFeeds(read, 4).readPlaces?.data).toEqual(Int32Array.of(0, 1, 0, 2));
});
