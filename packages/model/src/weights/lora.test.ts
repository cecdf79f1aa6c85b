import type { NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { trainableModelContract } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleBatch, oracleParameters, oracleWeights } from '../fixtures/oracle-weights.js';
import expected from '../fixtures/tiny-lora.json' with { type: 'json' };
import fixture from '../fixtures/tiny-qwen3.json' with { type: 'json' };
import { fromHuggingFaceConfig } from '../hugging-face/config.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { type LoraConfig, loraLayout, mergeLora } from './lora.js';
import { loadLora, saveLora } from './lora-files.js';
import { parameterLayout } from './parameter-layout.js';

const executor = createNodeExecutor({ threads: 1 });
const config = fromHuggingFaceConfig(JSON.stringify(fixture.config), 'tiny-qwen3.json');
const parameters = oracleParameters(config);
const lora: LoraConfig = { rank: 3, targets: ['q_proj', 'v_proj', 'down_proj'] };
const batch = oracleBatch(fixture);

async function create(): Promise<Transformer> {
  const model = await createTransformer({ config, executor, parameters, lora });
  const layout = loraLayout(parameterLayout(config), lora);
  const adapters = new Map([...layout].map(([name, { shape }]) => [name, oracleWeights(name, shape)]));
  await model.restore({ stepsTaken: 0, parameters: adapters, optimizerState: new Map() });
  return model;
}

describe('LoRA', () => {
  test('ten steps of AdamW on the adapters equal PyTorch', async () => {
    const model = await create();
    for (const [step, loss] of expected.losses.entries()) {
      const result = await model.trainStep(batch, { learningRate: 0.01 * (1 - step / 20) });
      expect(Math.abs(result.loss / loss - 1), `step ${step}`).toBeLessThan(1e-4);
      expect(Math.abs(result.gradientNorm / expected.gradientNorms[step]! - 1), `step ${step}`).toBeLessThan(
        1e-4,
      );
    }
    await model.dispose();
  });

  test('a new adapter changes nothing, and a merged one computes what the adapter did', async () => {
    const fresh = await createTransformer({ config, executor, parameters, lora });
    const base = await createTransformer({ config, executor, parameters });
    expect(await fresh.logits(batch)).toEqual(await base.logits(batch));
    const model = await create();
    const logits = await model.logits(batch);
    const merged = await createTransformer({ config, executor, parameters: await model.mergedParameters() });
    const difference = (await merged.logits(batch)).map((value, i) => Math.abs(value - logits[i]!));
    expect(Math.max(...difference)).toBeLessThan(1e-4);
    expect(Math.max(...logits.map((value, i) => Math.abs(value - fixture.logits[i]!)))).toBeGreaterThan(0.1);
    const [completion] = await model.generate([Int32Array.of(1, 2)], { maxNewTokens: 6, temperature: 0 });
    expect(await merged.generate([Int32Array.of(1, 2)], { maxNewTokens: 6, temperature: 0 })).toMatchObject([
      { ids: completion!.ids },
    ]);
  });

  test('adapters are saved as PEFT saves them', async () => {
    const store = new MemoryStore();
    const model = await create();
    const { parameters: adapters } = await model.snapshot();
    expect(adapters.size).toBe(12);
    await saveLora(store, 'a', { adapters, lora });
    const loaded = await loadLora(store, 'a');
    expect(loaded.adapters).toEqual(adapters);
    expect(loaded.lora).toEqual({ ...lora, alpha: 6 });
    const written = JSON.parse(new TextDecoder().decode(await store.read('a/adapter_config.json')));
    const write = (value: unknown): Promise<void> =>
      store.write('a/adapter_config.json', new TextEncoder().encode(JSON.stringify(value)));
    // What PEFT 0.18 writes of a plain adapter beside what we do.
    await write({
      ...written,
      use_rslora: false,
      rank_pattern: {},
      modules_to_save: null,
      layers_pattern: null,
    });
    expect(await loadLora(store, 'a')).toEqual(loaded);
    for (const change of [
      { use_rslora: 'yes' },
      // Without magnitudes.
      { use_dora: true },
      { rank_pattern: { q_proj: 8 } },
      { alpha_pattern: { q_proj: 8 } },
      { modules_to_save: ['lm_head'] },
      { bias: 'all' },
      { fan_in_fan_out: true },
      { r: 0 },
      { r: 1.5 },
      { lora_alpha: null },
      { peft_type: 'IA3' },
    ]) {
      await write({ ...written, ...change });
      await expect(loadLora(store, 'a')).rejects.toMatchObject({ code: 'model/lora-invalid' });
    }
    await write(null);
    await expect(loadLora(store, 'a')).rejects.toMatchObject({ code: 'model/lora-invalid' });
    const [[first, a], [second]] = [...adapters] as [[string, NamedTensor], [string, NamedTensor]];
    for (const broken of [
      new Map(),
      new Map([...adapters].filter(([name]) => name !== second)),
      new Map([...adapters, [first, { shape: [4, a.shape[1]!], data: new Float32Array(4 * a.shape[1]!) }]]),
      new Map([...adapters, ['lm_head.weight', a]]),
    ]) {
      await saveLora(store, 'a', { adapters: broken, lora });
      await expect(loadLora(store, 'a')).rejects.toMatchObject({ code: 'model/lora-invalid' });
    }
    const others = new Map([...adapters].map(([name, tensor]) => [`of.another.${name}`, tensor]));
    for (const strange of [others, new Map([[first, a]])])
      expect(() => mergeLora(parameters, strange, lora)).toThrow('Merge it into the model it was trained on');
  });

  test('a rank or target that cannot be is refused', async () => {
    await expect(createTransformer({ config, executor, lora: { rank: 0 } })).rejects.toThrow('rank is 0');
    const plain = createModelConfig({ ...config, feedForward: 'gelu' });
    expect(() => loraLayout(parameterLayout(plain), { rank: 2, targets: ['gate_proj'] })).toThrow(
      'would train nothing',
    );
  });

  const small = createModelConfig({ vocabularySize: 12, contextLength: 16, depth: 2, width: 32, heads: 2 });
  trainableModelContract(
    { test, expect },
    () =>
      createTransformer({ config: small, executor, parameters: oracleParameters(small), lora: { rank: 4 } }),
    2e-2,
  );
});
