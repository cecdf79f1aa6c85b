/**
 * Generation in float16 where a runtime can be had that computes in it: onnxruntime's CPU in a worker, which
 * has the memory of a device and puts casts around kernels it lacks. `LLM_HALF_WEBGPU=1` takes the GPU of
 * this machine instead; Chromium's software driver has no float16 shaders.
 */
import type { NamedTensor } from '@llm/core';
import { type Executor, isResident } from '@llm/graph';
import { createNodeExecutor, createNodeWebgpuExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { afterAll, describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer } from '../transformer.js';
import { quantizeParameters } from '../weights/quantize-parameters.js';
import { dequantizeTensor, isQuantized, type WeightTensor } from '../weights/quantized-tensor.js';

const worker = createNodeWorkerExecutor({ threads: 1, precision: 'float16' });
afterAll(() => worker.close());
const device: Executor = process.env.LLM_HALF_WEBGPU
  ? createNodeWebgpuExecutor({ precision: 'float16' })
  : worker;
const node = createNodeExecutor({ threads: 1 });

const llama = createModelConfig({
  depth: 2,
  width: 64,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 32,
  feedForwardWidth: 96,
  vocabularySize: 70,
  contextLength: 64,
});
const gpt2 = createModelConfig({
  ...llama,
  keyValueHeads: 4,
  headWidth: 16,
  feedForward: 'gelu',
  normalization: 'layer',
  positions: 'learned',
});
const windowed = createModelConfig({
  ...llama,
  attentionWindow: 3,
  windowedLayers: [true, false],
  attentionLogitSoftcap: 2,
  localRotaryBase: 50,
});
const kinds: readonly [string, ModelConfig, 'float32' | 'q8' | 'q4'][] = [
  ['llama', llama, 'float32'],
  ['llama in 8 bits', llama, 'q8'],
  ['llama in 4 bits', llama, 'q4'],
  ['gpt-2', gpt2, 'float32'],
  ['gemma', windowed, 'float32'],
];

const inFloats = (weights: ReadonlyMap<string, WeightTensor>): Map<string, NamedTensor> =>
  new Map(
    [...weights].map(([name, tensor]) => [name, isQuantized(tensor) ? dequantizeTensor(tensor) : tensor]),
  );

/** In log-probabilities, the greatest of thousands; integers round activations to 8 bits by block beside. */
const rounding = { float32: 0.02, q8: 0.25, q4: 0.25 };

describe('generation in float16', () => {
  test.each(kinds)('%s: the scores of float32, and a cache of half the size', async (_, config, dtype) => {
    const floats = oracleParameters(config);
    const parameters: ReadonlyMap<string, WeightTensor> =
      dtype === 'float32' ? floats : quantizeParameters(floats, dtype);
    const cached = new Set<string>();
    const executor: Executor = {
      ...device,
      async createSession(model, options) {
        const session = await device.createSession(model, options);
        return {
          ...session,
          run: (...call) => session.run(...call),
          dispose: () => session.dispose(),
          async runResident(feeds, fetches) {
            const outputs = await session.runResident!(feeds, fetches);
            for (const [name, tensor] of Object.entries(outputs))
              if (/^present/.test(name) && isResident(tensor)) cached.add(tensor.type);
            return outputs;
          },
        };
      },
    };
    const [half, single] = [
      await createTransformer({ config, executor, parameters }),
      await createTransformer({ config, executor: node, parameters: inFloats(parameters) }),
    ];
    const prompts = [Int32Array.of(3, 20, 37), Int32Array.of(4), Int32Array.of(50, 51)];
    // Outgrows the first slots, and rows end at different times.
    const options = { maxNewTokens: 40, temperature: 0, stopTokens: [12], topLogProbabilities: 70 };
    const [found, expected] = [
      await half.generate(prompts, options),
      await single.generate(prompts, options),
    ];
    for (const [row, { ids, topLogProbabilities }] of found.entries()) {
      const wanted = expected[row]!;
      for (const [step, scores] of topLogProbabilities!.entries()) {
        const theirs = new Map(
          wanted.topLogProbabilities![step]!.map((each) => [each.id, each.logProbability] as const),
        );
        for (const { id, logProbability } of scores)
          expect(Math.abs(logProbability - theirs.get(id)!)).toBeLessThan(rounding[dtype]);
        // From another token on they go different ways.
        if (ids[step] !== wanted.ids[step]) break;
      }
    }
    expect([...cached]).toEqual(['float16']);
    for (const model of [half, single]) await model.dispose();
  });

  test('follows parameters that were trained in between', async () => {
    const [half, single] = [
      await createTransformer({ config: llama, executor: device, seed: 2 }),
      await createTransformer({ config: llama, executor: node, seed: 2 }),
    ];
    const batch = {
      rows: 1,
      columns: 3,
      inputs: Int32Array.of(1, 2, 3),
      targets: Int32Array.of(2, 3, 4),
      weights: new Float32Array(3).fill(1),
      normalizer: 3,
    };
    const options = { maxNewTokens: 1, temperature: 0 };
    const score = async (model: typeof half): Promise<number> =>
      (await model.generate([Int32Array.of(1, 2, 3)], options))[0]!.logProbabilities[0]!;
    const before = await score(half);
    for (const model of [half, single])
      for (let step = 0; step < 3; step++) await model.trainStep(batch, { learningRate: 0.05 });
    const [ours, theirs] = [await score(half), await score(single)];
    expect(Math.abs(ours - theirs)).toBeLessThan(rounding.float32);
    expect(Math.abs(ours - before)).toBeGreaterThan(0.5);
    for (const model of [half, single]) await model.dispose();
  });
});
