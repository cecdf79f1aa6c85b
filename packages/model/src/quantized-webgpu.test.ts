// Slow: the software GPU computes on the processor
/**
 * Weights of integers on the runtime's WebGPU provider against the same numbers as float32 on the processor.
 */
import { createNodeExecutor, createNodeWebgpuExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from './config/create-model-config.js';
import { oracleParameters } from './fixtures/oracle-weights.js';
import { prepareVulkan } from './fixtures/prepare-vulkan.js';
import { createTransformer } from './transformer.js';
import { quantizeParameters } from './weights/quantize-parameters.js';
import { dequantizeTensor, isQuantized, numbersOf, type WeightTensor } from './weights/quantized-tensor.js';

const driver = prepareVulkan();
if (!driver)
  process.stderr.write('SKIPPED: WebGPU needs a Vulkan driver (apt-get install libvulkan1 chromium)\n');

const config = createModelConfig({
  depth: 1,
  width: 64,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 32,
  feedForwardWidth: 96,
  vocabularySize: 70,
  contextLength: 64,
  tiedHead: true,
});

/**
 * q4 files hold 8 bits in the embedding: both, and the offsets that a file with a minimum in each block has.
 */
const weights = new Map<string, WeightTensor>(
  [...quantizeParameters(oracleParameters(config), 'q4')].map(([name, tensor]) => [
    name,
    isQuantized(tensor)
      ? { ...numbersOf(tensor), offsets: numbersOf(tensor).scales.map((scale, i) => scale * ((i % 5) - 2)) }
      : tensor,
  ]),
);
const floats = new Map(
  [...weights].map(([name, tensor]) => [name, isQuantized(tensor) ? dequantizeTensor(tensor) : tensor]),
);
const inputs = Int32Array.from({ length: 12 }, (_, i) => (i * 17 + 3) % 70);
const batch = {
  rows: 1,
  columns: 12,
  inputs,
  targets: inputs.map((id) => (id + 1) % 70),
  weights: new Float32Array(12).fill(1),
  normalizer: 12,
};
/** In log-probabilities: products round activations to 8 bits by block where the device multiplies bytes. */
const rounding = 0.15;
const greatestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.skipIf(!driver)('a model of integers on WebGPU', { timeout: 120_000 }, () => {
  test('generates, scores and trains adapters as its numbers in float32', async () => {
    const lora = { rank: 2 };
    const executor = createNodeWebgpuExecutor();
    const made = [
      await createTransformer({ config, executor, parameters: weights, lora, seed: 1 }),
      await createTransformer({
        config,
        executor: createNodeExecutor({ threads: 1 }),
        parameters: floats,
        lora,
        seed: 1,
      }),
    ] as const;
    const [ours, theirs] = made;
    const scores = [await ours.logProbabilities(batch), await theirs.logProbabilities(batch)] as const;
    expect(greatestDifference(...scores)).toBeLessThan(rounding);
    const [found, expected] = [
      await ours.trainStep(batch, { learningRate: 0.02 }),
      await theirs.trainStep(batch, { learningRate: 0.02 }),
    ];
    expect(Math.abs(found.loss / expected.loss - 1)).toBeLessThan(0.01);
    expect(Math.abs(found.gradientNorm / expected.gradientNorm - 1)).toBeLessThan(0.1);
    const options = { maxNewTokens: 3, temperature: 0 };
    const [[generated], [wanted]] = [
      await ours.generate([inputs.slice(0, 5)], options),
      await theirs.generate([inputs.slice(0, 5)], options),
    ];
    expect(
      greatestDifference(generated!.logProbabilities.slice(0, 1), wanted!.logProbabilities),
    ).toBeLessThan(rounding);
    for (const model of made) await model.dispose();
  });
});
