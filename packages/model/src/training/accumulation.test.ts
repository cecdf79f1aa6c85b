import { createRandom, type StepResult, type TokenBatch } from '@llm/core';
import { splitBatch } from '@llm/core/training';
import { div, mul, neg, type Objective, reduceSum } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer, type Transformer, type TransformerOptions } from '../transformer.js';

const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({ vocabularySize: 31, contextLength: 8, depth: 2, width: 32, heads: 2 });
const [rows, columns] = [8, 8];
const random = createRandom(8);
const ids = (): Int32Array => Int32Array.from({ length: rows * columns }, () => random.integer(31));
const batch: TokenBatch = {
  rows,
  columns,
  inputs: ids(),
  targets: ids(),
  weights: Float32Array.from({ length: rows * columns }, () => random.uniform()),
  normalizer: 40,
  segments: Int32Array.from({ length: rows * columns }, (_, i) => (i % columns < 3 ? 0 : 1)),
  extraInputs: { share: Float32Array.from({ length: rows * columns }, () => random.uniform()) },
};

/** Reads an extra input, and reports a mean over positions. */
const shared: Objective = {
  name: 'shared',
  extraInputs: ['share'],
  build: ({ logProbabilities, weights, normalizer, extra }) => {
    const terms = mul(mul(logProbabilities, weights), extra.share!);
    const count = logProbabilities.shape[0] as number;
    return {
      loss: div(neg(reduceSum(terms)), normalizer),
      metrics: { mean: div(reduceSum(logProbabilities), count) },
    };
  },
};

async function create(options: Partial<TransformerOptions> = {}): Promise<Transformer> {
  return createTransformer({
    config,
    executor,
    parameters: oracleParameters(config),
    objective: shared,
    ...options,
  });
}

/** Three steps; the parts of `partRows` rows at once. */
async function train(partRows: number, model: Transformer): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let step = 0; step < 3; step++)
    results.push(await model.trainStep(splitBatch(batch, partRows), { learningRate: 3e-3 }));
  return results;
}

describe('gradient accumulation', () => {
  for (const [name, options] of [
    ['AdamW', {}],
    ['compact', { memory: 'compact' }],
    ['LoRA', { lora: { rank: 2 } }],
  ] as [string, Partial<TransformerOptions>][])
    test(`${name}: eight rows at once, in parts of three, and one by one are the same step`, async () => {
      const whole = await create(options);
      const expected = await train(8, whole);
      const { parameters } = await whole.snapshot();
      for (const partRows of [3, 1]) {
        const model = await create(options);
        const actual = await train(partRows, model);
        for (const [step, { loss, gradientNorm, metrics }] of expected.entries()) {
          expect(Math.abs(actual[step]!.loss / loss - 1), `loss ${step}`).toBeLessThan(1e-5);
          expect(Math.abs(actual[step]!.gradientNorm / gradientNorm - 1), `norm ${step}`).toBeLessThan(1e-5);
          // The mean of the parts' means is the whole's only for parts of one size.
          if (partRows === 1) expect(actual[step]!.metrics.mean).toBeCloseTo(metrics.mean!, 5);
        }
        for (const [tensor, { data }] of (await model.snapshot()).parameters) {
          const apart = data.map((value, i) => Math.abs(value - parameters.get(tensor)!.data[i]!));
          expect(Math.max(...apart), tensor).toBeLessThan(1e-5);
        }
        await model.dispose();
      }
      await whole.dispose();
    });

  test('a restored model continues to the bit', async () => {
    const model = await create();
    await train(2, model);
    const snapshot = await model.snapshot();
    const expected = await train(2, model);
    const resumed = await create();
    await resumed.restore(snapshot);
    expect(await train(2, resumed)).toEqual(expected);
  });

  test('a part that is not finite leaves the parameters, and nothing of it in the next step', async () => {
    const model = await create();
    const untouched = await create();
    await train(4, model);
    await train(4, untouched);
    const before = await model.snapshot();
    const bad = { ...batch, weights: new Float32Array(rows * columns).fill(Number.NaN) };
    await expect(model.trainStep([batch, bad], { learningRate: 1 })).rejects.toMatchObject({
      code: 'model/loss-not-finite',
      details: { step: 4 },
    });
    expect(await model.snapshot()).toEqual(before);
    expect(await train(4, model)).toEqual(await train(4, untouched));
  });

  test('parts must be there and have rows', async () => {
    const model = await create();
    await expect(model.trainStep([], { learningRate: 1 })).rejects.toMatchObject({
      code: 'model/batch-invalid',
    });
    expect(() => splitBatch(batch, 0)).toThrow('parts of 0 rows');
  });
});
