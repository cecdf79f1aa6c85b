import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { capturedGradients, gradientCapture, largestGradientError } from './fixtures/gradient-capture.js';
import { oracleBatch, oracleParameters } from './fixtures/oracle-weights.js';
import fixture from './fixtures/tiny-qwen3.json' with { type: 'json' };
import { fromHuggingFaceConfig } from './hugging-face/config.js';
import { adamW } from './optimizers/adamw.js';
import { muon } from './optimizers/muon.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { createTransformer } from './transformer.js';

// Written by PyTorch and Hugging Face transformers: see tooling/oracles/model/tiny_models.py.
const executor = createNodeExecutor({ threads: 1 });
const config = fromHuggingFaceConfig(JSON.stringify(fixture.config), 'tiny-qwen3.json');
const parameters = oracleParameters(config);
const batch = oracleBatch(fixture);

/** Largest difference, relative to the largest expected value. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return difference / size;
}

describe('a tiny Qwen3 with grouped queries equals Hugging Face transformers', () => {
  test('logits', async () => {
    const model = await createTransformer({ config, executor, parameters });
    expect(relativeError(await model.logits(batch), fixture.logits)).toBeLessThan(1e-5);
  });

  test('loss and every gradient', async () => {
    const model = await createTransformer({ config, executor, parameters, optimizer: gradientCapture });
    const { loss } = await model.trainStep(batch, { learningRate: 1 });
    expect(relativeError([loss], [fixture.loss])).toBeLessThan(1e-6);
    const worst = largestGradientError(capturedGradients(await model.snapshot()), fixture.gradients);
    expect(worst.error, worst.name).toBeLessThan(1e-4);
  });

  const train = async (optimizer: Optimizer): Promise<{ losses: number[]; gradientNorms: number[] }> => {
    const model = await createTransformer({ config, executor, parameters, optimizer });
    const losses: number[] = [];
    const gradientNorms: number[] = [];
    for (let step = 0; step < 10; step++) {
      const result = await model.trainStep(batch, { learningRate: 0.01 * (1 - step / 20) });
      losses.push(result.loss);
      gradientNorms.push(result.gradientNorm);
    }
    return { losses, gradientNorms };
  };

  test('ten steps of AdamW with clipping', async () => {
    const { losses, gradientNorms } = await train(adamW());
    for (let i = 0; i < 10; i++) {
      expect(relativeError([losses[i]!], [fixture.adamw.losses[i]!]), `step ${i}`).toBeLessThan(1e-4);
      expect(relativeError([gradientNorms[i]!], [fixture.adamw.gradientNorms[i]!]), `step ${i}`).toBeLessThan(
        1e-4,
      );
    }
  });

  test('ten steps of Muon, AdamW for the rest', async () => {
    const { losses, gradientNorms } = await train(muon());
    for (let i = 0; i < 10; i++) {
      expect(relativeError([losses[i]!], [fixture.muon.losses[i]!]), `step ${i}`).toBeLessThan(1e-4);
      expect(relativeError([gradientNorms[i]!], [fixture.muon.gradientNorms[i]!]), `step ${i}`).toBeLessThan(
        1e-4,
      );
    }
  });
});
