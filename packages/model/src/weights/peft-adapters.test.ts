/** Adapters between this package and PEFT, both ways: the logits PEFT computed with the same files. */
import { createHash } from 'node:crypto';
import type { NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { adapterLora, adaptedConfig as config, oracleAdapters } from '../fixtures/oracle-adapters.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import peft from '../fixtures/peft-adapters.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import { createTransformer } from '../transformer.js';
import { type LoraConfig, mergeLora } from './lora.js';
import { loadLora, saveLora } from './lora-files.js';

const executor = createNodeExecutor({ threads: 1 });
const parameters = oracleParameters(config);
const batch = { rows: 2, columns: 8, inputs: Int32Array.from(llama.inputs) };

/** Largest difference of logits with the adapter beside the weights, and merged into them. */
async function distance(
  adapters: ReadonlyMap<string, NamedTensor>,
  lora: LoraConfig,
  expected: readonly number[],
): Promise<number> {
  const beside = await createTransformer({ config, executor, parameters, lora });
  await beside.restore({ stepsTaken: 0, parameters: adapters, optimizerState: new Map() });
  const merged = await createTransformer({
    config,
    executor,
    parameters: mergeLora(parameters, adapters, lora),
  });
  const apart: number[] = [];
  for (const model of [beside, merged]) {
    const logits = await model.logits(batch);
    apart.push(Math.max(...logits.map((value, i) => Math.abs(value - expected[i]!))));
    await model.dispose();
  }
  return Math.max(...apart);
}

test('what is saved here, PEFT opened and computed the same with', async () => {
  const store = new MemoryStore();
  await saveLora(store, '', { adapters: oracleAdapters(), lora: adapterLora });
  const file = await store.read('adapter_model.safetensors');
  expect(createHash('sha256').update(file).digest('hex')).toBe(peft.ours.sha256);
  expect(await distance(oracleAdapters(), adapterLora, peft.ours.logits)).toBeLessThan(1e-4);
});

test('what PEFT saved is opened here', async () => {
  const store = new MemoryStore();
  await store.write('adapter_config.json', new TextEncoder().encode(JSON.stringify(peft.theirs.config)));
  await store.write('adapter_model.safetensors', Buffer.from(peft.theirs.weights, 'base64'));
  const { adapters, lora } = await loadLora(store, '');
  expect(lora).toMatchObject({ rank: 3, alpha: 5 });
  expect(await distance(adapters, lora, peft.theirs.logits)).toBeLessThan(1e-4);
  const plain = await distance(oracleAdapters(), adapterLora, peft.theirs.logits);
  expect(plain).toBeGreaterThan(0.01);
});
