import { createRandom, type TokenBatch } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer } from '../transformer.js';

const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({ vocabularySize: 31, contextLength: 16, depth: 2, width: 32, heads: 2 });
const random = createRandom(8);
const inputs = Int32Array.from({ length: 32 }, () => random.integer(31));
const targets = Int32Array.from({ length: 32 }, () => random.integer(31));
const batch = {
  rows: 2,
  columns: 16,
  inputs,
  targets,
  weights: new Float32Array(32).fill(1),
  normalizer: 32,
};

describe('training', () => {
  test('overfits one batch of random targets', async () => {
    const model = await createTransformer({ config, executor });
    const first = await model.trainStep(batch, { learningRate: 0 });
    expect(first.loss).toBeCloseTo(Math.log(31), 1);
    let loss = 0;
    for (let step = 0; step < 120; step++) ({ loss } = await model.trainStep(batch, { learningRate: 5e-3 }));
    expect(loss).toBeLessThan(0.02);
    await model.dispose();
  });

  test.each([
    ['rotary', undefined],
    ['learned', undefined],
    ['learned', 'compact'],
  ] as const)(
    'segments do not see each other, %s, %s: a packed row trains like its parts alone',
    async (positions, memory) => {
      const placed = { ...config, positions };
      const options = { config: placed, executor, parameters: oracleParameters(placed), memory };
      const packed = await createTransformer(options);
      const apart = await createTransformer(options);
      const parts = await createTransformer(options);
      // Each row is two segments of eight; what a segment is called does not matter.
      const segments = Int32Array.from({ length: 32 }, (_, i) => 7 - Math.floor(i / 8));
      const together = await packed.trainStep({ ...batch, segments }, { learningRate: 1e-3 });
      const split = await apart.trainStep({ ...batch, rows: 4, columns: 8 }, { learningRate: 1e-3 });
      expect(together.loss).toBeCloseTo(split.loss, 5);
      expect(together.gradientNorm).toBeCloseTo(split.gradientNorm, 4);
      const row = (start: number): TokenBatch => ({
        ...batch,
        rows: 1,
        inputs: inputs.subarray(start, start + 16),
        targets: targets.subarray(start, start + 16),
        weights: batch.weights.subarray(0, 16),
        segments: segments.subarray(start, start + 16),
      });
      const accumulated = await parts.trainStep([row(0), row(16)], { learningRate: 1e-3 });
      expect(accumulated.loss).toBeCloseTo(split.loss, 5);
      expect(accumulated.gradientNorm).toBeCloseTo(split.gradientNorm, 4);
      const leaking = await packed.trainStep(batch, { learningRate: 0 });
      expect(Math.abs(leaking.loss - together.loss)).toBeGreaterThan(1e-3);
      for (const model of [packed, apart, parts]) await model.dispose();
    },
  );

  test('a loss that is not finite leaves parameters and step count', async () => {
    const model = await createTransformer({ config, executor });
    await model.trainStep(batch, { learningRate: 1e-3 });
    const before = await model.snapshot();
    const weights = new Float32Array(32).fill(Number.POSITIVE_INFINITY);
    await expect(model.trainStep({ ...batch, weights }, { learningRate: 1 })).rejects.toMatchObject({
      code: 'model/loss-not-finite',
      details: { step: 2 },
    });
    expect(await model.snapshot()).toEqual(before);
    await expect(model.trainStep(batch, { learningRate: Number.NaN })).rejects.toMatchObject({
      code: 'model/learning-rate-invalid',
    });
  });

  test('a batch that does not fit is refused with what is wrong', async () => {
    const model = await createTransformer({ config, executor });
    const refuse = (changes: object): Promise<unknown> =>
      model.trainStep({ ...batch, ...changes }, { learningRate: 1 });
    await expect(refuse({ columns: 17 })).rejects.toThrow('window is 16');
    await expect(refuse({ normalizer: 0 })).rejects.toThrow('normalizer');
    await expect(refuse({ weights: new Float32Array(3) })).rejects.toThrow('weights has 3 values');
    await expect(refuse({ targets: new Int32Array(32).fill(31) })).rejects.toThrow(
      'id 31 in row 0, column 0',
    );
  });
});
