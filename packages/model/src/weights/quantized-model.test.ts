// Slow: sessions of the runtime for training, scoring and generation, three number formats, three runtimes.
/** A model on weights of integers against the same numbers as float32. */
import type { NamedTensor } from '@llm/core';
import { type Executor, referenceExecutor } from '@llm/graph';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { createWasmExecutor } from '@llm/graph/web';
import { afterAll, describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { quantizeParameters } from './quantize-parameters.js';
import {
  dequantizeTensor,
  isQuantized,
  numbersOf,
  type QuantizedTensor,
  type WeightTensor,
} from './quantized-tensor.js';

const config = createModelConfig({
  depth: 2,
  width: 64,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 32,
  feedForwardWidth: 96,
  vocabularySize: 70,
  contextLength: 64,
  tiedHead: true,
});
const parameters = oracleParameters(config);

/** As a file with a minimum in each block has them. */
function withOffsets(weights: ReadonlyMap<string, WeightTensor>): Map<string, WeightTensor> {
  const shifted = (tensor: QuantizedTensor): QuantizedTensor => ({
    ...tensor,
    offsets: tensor.scales.map((scale, block) => scale * ((block % 5) - 2)),
  });
  return new Map(
    [...weights].map(([name, tensor]) => [name, isQuantized(tensor) ? shifted(numbersOf(tensor)) : tensor]),
  );
}

const kinds: Readonly<Record<string, ReadonlyMap<string, WeightTensor>>> = {
  q8: quantizeParameters(parameters, 'q8'),
  q4: quantizeParameters(parameters, 'q4'),
  'q4 with offsets': withOffsets(quantizeParameters(parameters, 'q4')),
};

const floats = (weights: ReadonlyMap<string, WeightTensor>): Map<string, NamedTensor> =>
  new Map(
    [...weights].map(([name, tensor]) => [name, isQuantized(tensor) ? dequantizeTensor(tensor) : tensor]),
  );

const node = createNodeExecutor({ threads: 1 });
const worker = createNodeWorkerExecutor({ threads: 1 });
afterAll(() => worker.close());
const executors: Readonly<Record<string, Executor>> = {
  node,
  worker,
  wasm: createWasmExecutor({ threads: 1 }),
};

/** In log-probabilities: on a processor activations are rounded to 8 bits by block in the products. */
const rounding: Readonly<Record<string, number>> = { cpu: 0.15, wasm: 1e-4 };

const inputs = Int32Array.from({ length: 24 }, (_, i) => (i * 17 + 3) % 70);
const batch = {
  rows: 2,
  columns: 12,
  inputs,
  targets: inputs.map((id) => (id + 1) % 70),
  weights: new Float32Array(24).fill(1),
  normalizer: 24,
};

function greatestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

const lora = { rank: 2 };

describe.each(Object.entries(kinds))('%s', (_, weights) => {
  test.each(Object.entries(executors))('scores and generates on %s', async (_name, executor) => {
    const model = await createTransformer({ config, executor, parameters: weights });
    const expected = await createTransformer({ config, executor: node, parameters: floats(weights) });
    expect(greatestDifference(await model.logits(batch), await expected.logits(batch))).toBeLessThan(1e-4);
    const prompts = [inputs.slice(0, 5), inputs.slice(5, 16)];
    const options = { maxNewTokens: 3, temperature: 0, topLogProbabilities: 70 };
    const [found, wanted] = [
      await model.generate(prompts, options),
      await expected.generate(prompts, options),
    ];
    for (const [row, completion] of found.entries()) {
      const byId = (all: readonly { id: number; logProbability: number }[]): number[] =>
        [...all].sort((a, b) => a.id - b.id).map(({ logProbability }) => logProbability);
      const [ours, theirs] = [completion.topLogProbabilities![0]!, wanted[row]!.topLogProbabilities![0]!];
      expect(greatestDifference(byId(ours), byId(theirs))).toBeLessThan(rounding[executor.target]!);
    }
    for (const made of [model, expected]) await made.dispose();
  });

  test.each(['fast', 'compact'] as const)(
    'adapters on it are trained as on float32, memory %s',
    async (memory) => {
      const create = (given: ReadonlyMap<string, WeightTensor>): Promise<Transformer> =>
        createTransformer({
          config,
          executor: node,
          parameters: given,
          lora,
          seed: 1,
          memory: memory === 'fast' ? 'fast' : { pieceBytes: 4096 },
        });
      const [model, expected] = [await create(weights), await create(floats(weights))];
      for (let step = 0; step < 4; step++) {
        const [ours, theirs] = [
          await model.trainStep(batch, { learningRate: 0.02 }),
          await expected.trainStep(batch, { learningRate: 0.02 }),
        ];
        expect(Math.abs(ours.loss / theirs.loss - 1), `step ${step}`).toBeLessThan(1e-4);
        expect(Math.abs(ours.gradientNorm / theirs.gradientNorm - 1), `step ${step}`).toBeLessThan(1e-3);
      }
      expect([...(await model.snapshot()).parameters.keys()].every((name) => name.includes('lora_'))).toBe(
        true,
      );
      const [merged, wanted] = [await model.mergedParameters(), await expected.mergedParameters()];
      for (const [name, { data }] of wanted)
        expect(greatestDifference(merged.get(name)!.data, data), name).toBeLessThan(2e-3);
      const options = { maxNewTokens: 4, temperature: 0 };
      expect((await model.generate([inputs.slice(0, 5)], options))[0]!.ids.length).toBe(4);
      for (const made of [model, expected]) await made.dispose();
    },
  );
});

test('weights of integers cannot be trained themselves, and say which', async () => {
  const model = await createTransformer({ config, executor: referenceExecutor, parameters: kinds.q8 });
  const code = expect.objectContaining({ code: 'model/weights-quantized' });
  await expect(model.trainStep(batch, { learningRate: 1e-3 })).rejects.toEqual(code);
  await expect(model.trainStep(batch, { learningRate: 1e-3 })).rejects.toThrow('"model.embed_tokens.weight"');
  await expect(model.snapshot()).rejects.toEqual(code);
  expect(await model.mergedParameters()).toEqual(floats(kinds.q8!));
  await model.dispose();
});

test('parts that do not fit together are refused by name', async () => {
  const name = 'model.layers.0.self_attn.q_proj.weight';
  const tensor = kinds.q8!.get(name) as QuantizedTensor;
  const create = (changed: Partial<QuantizedTensor>): Promise<Transformer> =>
    createTransformer({
      config,
      executor: node,
      parameters: new Map([...kinds.q8!, [name, { ...tensor, ...changed }]]),
    });
  const message = (said: string): unknown =>
    expect.objectContaining({
      code: 'model/quantized-tensor-invalid',
      message: expect.stringMatching(new RegExp(`"${name}".*${said}`)),
    });
  await expect(create({ bits: 4 })).rejects.toEqual(message('bytes of integers'));
  await expect(create({ blockSize: 24 })).rejects.toEqual(message('blocks of 24'));
  await expect(create({ scales: new Float32Array(3) })).rejects.toEqual(message('3 scales'));
  await expect(create({ offsets: new Float32Array(1) })).rejects.toEqual(message('1 offsets'));
});
