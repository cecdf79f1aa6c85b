// Slow: every case compiles graphs of its own on ONNX Runtime
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { capturedGradients, gradientCapture, largestGradientError } from '../fixtures/gradient-capture.js';
import { oracleParameters, oracleWeights } from '../fixtures/oracle-weights.js';
import expected from '../fixtures/peft-variants.json' with { type: 'json' };
import fixture from '../fixtures/tiny-llama.json' with { type: 'json' };
import { fromHuggingFaceConfig } from '../hugging-face/config.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { type LoraConfig, loraLayout } from './lora.js';
import { loadLora, saveLora } from './lora-files.js';
import { parameterLayout } from './parameter-layout.js';
import { quantizeParameters } from './quantize-parameters.js';

const executor = createNodeExecutor({ threads: 1 });
const config = fromHuggingFaceConfig(JSON.stringify(fixture.config), 'tiny-llama.json');
const parameters = oracleParameters(config);
const plain: LoraConfig = { rank: 3, alpha: 5, targets: ['q_proj', 'v_proj', 'down_proj'] };
const { rows, columns } = expected;
const size = rows * columns;
const batch = {
  rows,
  columns,
  inputs: Int32Array.from(expected.inputs),
  targets: Int32Array.from(expected.targets),
  weights: new Float32Array(size).fill(1),
  normalizer: size,
};

async function create(lora: LoraConfig): Promise<Transformer> {
  const model = await createTransformer({ config, executor, parameters, lora, optimizer: gradientCapture });
  const layout = loraLayout(parameterLayout(config), lora);
  const adapters = new Map(
    [...layout].map(([name, { shape }]) => {
      const weights = oracleWeights(name, shape);
      const isMagnitude = name.includes('magnitude');
      return [name, isMagnitude ? { shape, data: weights.data.map((v) => Math.abs(v) + 0.5) } : weights];
    }),
  );
  await model.restore({ stepsTaken: 0, parameters: adapters, optimizerState: new Map() });
  return model;
}

describe.each(['rankStabilized', 'weightDecomposed'] as const)('%s', (variant) => {
  const lora = { ...plain, [variant]: true };

  test('loss, logits and the gradient of every adapter are PEFT’s, and the merged model says the same', async () => {
    const model = await create(lora);
    const { loss, logits, gradients } = expected[variant];
    const actual = await model.logits(batch);
    for (const [i, logit] of logits.entries()) expect(actual[i]).toBeCloseTo(logit, 4);
    const merged = await createTransformer({ config, executor, parameters: await model.mergedParameters() });
    const difference = (await merged.logits(batch)).map((value, i) => Math.abs(value - actual[i]!));
    expect(Math.max(...difference)).toBeLessThan(1e-4);
    const options = { maxNewTokens: 6, temperature: 0 };
    const [said] = await model.generate([Int32Array.of(1, 2)], options);
    expect(await merged.generate([Int32Array.of(1, 2)], options)).toMatchObject([{ ids: said!.ids }]);
    expect((await model.trainStep(batch, { learningRate: 1 })).loss).toBeCloseTo(loss, 5);
    const { error, name } = largestGradientError(capturedGradients(await model.snapshot()), gradients);
    expect(error, name).toBeLessThan(1e-3);
    await model.dispose();
  });

  test('a new adapter changes nothing; its files say what it is', async () => {
    const fresh = await createTransformer({ config, executor, parameters, lora });
    const base = await createTransformer({ config, executor, parameters });
    const [expectedLogits, logits] = [await base.logits(batch), await fresh.logits(batch)];
    expect(Math.max(...logits.map((v, i) => Math.abs(v - expectedLogits[i]!)))).toBeLessThan(1e-5);
    const store = new MemoryStore();
    const { parameters: adapters } = await fresh.snapshot();
    await saveLora(store, 'a', { adapters, lora });
    const loaded = await loadLora(store, 'a');
    expect(loaded.lora).toEqual(lora);
    expect(loaded.adapters).toEqual(adapters);
  });
});

test('DoRA on weights of integers is refused by name', async () => {
  const quantized = quantizeParameters(parameters, 'q8');
  const lora = { ...plain, weightDecomposed: true };
  await expect(createTransformer({ config, executor, parameters: quantized, lora })).rejects.toThrow(
    'DoRA needs model.layers.0.self_attn.q_proj.weight in floats',
  );
});

test('without its adapters a model scores as it did before it was trained', async () => {
  const model = await create(plain);
  const base = await createTransformer({ config, executor, parameters });
  const reference = model.withoutAdapters();
  const scores = await reference.logProbabilities(batch);
  expect(scores).toEqual(await base.logProbabilities(batch));
  expect(scores).not.toEqual(await model.logProbabilities(batch));
  expect(() => base.withoutAdapters()).toThrow('This model has no adapters to leave out');
  await model.dispose();
});
