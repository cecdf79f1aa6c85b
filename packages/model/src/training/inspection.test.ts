/** What `inspect` shows against what transformers shows (tooling/oracles/model/inspection.py). */
import type { NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, describe, expect, test } from 'vitest';
import fixture from '../fixtures/inspection.json' with { type: 'json' };
import { oracleWeights } from '../fixtures/oracle-weights.js';
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import qwen3 from '../fixtures/tiny-qwen3.json' with { type: 'json' };
import { importHuggingFace } from '../hugging-face/import-model.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { writeSafetensors } from '../weights/safetensors.js';

const executor = createNodeExecutor({ threads: 1 });

async function modelOf({ config, gradients }: typeof gpt2 | typeof qwen3): Promise<Transformer> {
  const tensors = new Map<string, NamedTensor>(
    Object.entries(gradients).map(([name, { shape }]) => [name, oracleWeights(name, shape)]),
  );
  const store = new MemoryStore();
  await store.write('m/config.json', new TextEncoder().encode(JSON.stringify(config)));
  await store.write('m/model.safetensors', writeSafetensors(tensors));
  return createTransformer({ ...(await importHuggingFace(store, 'm')), executor });
}

/** Largest difference, relative to the largest expected value. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
  expect(worst / largest).toBeLessThan(1e-5);
}

const lastRow = (numbers: Float32Array, rows: number): Float32Array =>
  numbers.subarray(numbers.length - numbers.length / rows);

describe.each([
  ['Qwen3 with grouped queries', fixture.tiny_qwen3, qwen3],
  ['GPT-2 with learned positions', fixture.tiny_gpt2, gpt2],
] as const)('%s', async (_, expected, source) => {
  const model = await modelOf(source);
  afterAll(() => model.dispose());
  const inputs = Int32Array.from(expected.inputs);
  const { depth, vocabularySize } = model.config;

  test('the stream, attention of every head, activations and logits are those of transformers', async () => {
    const seen = await model.inspect(inputs);
    for (const [layer, numbers] of expected.stream.entries())
      expectClose(lastRow(seen.stream[layer]!, inputs.length), numbers);
    for (let layer = 0; layer < depth; layer++) {
      expectClose(seen.attention[layer]!, expected.attention[layer]!);
      expectClose(lastRow(seen.activations[layer]!, inputs.length), expected.activations[layer]!);
    }
    expect(seen.stream).toHaveLength(depth + 1);
    expectClose(seen.lens.subarray(vocabularySize, 2 * vocabularySize), expected.earlyLogits);
    expectClose(seen.lens.subarray(depth * vocabularySize), expected.logits);
  });

  test('a silenced head, and a position that is not the last', async () => {
    const silenced = await model.inspect(inputs, { silencedHeads: [{ layer: 1, head: 2 }] });
    expectClose(silenced.lens.subarray(depth * vocabularySize), expected.silencedLogits);
    const earlier = await model.inspect(inputs, { position: 4 });
    const cut = await model.inspect(inputs.slice(0, 5));
    expectClose(earlier.lens, [...cut.lens]);
  });

  test('what is not there is refused by name', async () => {
    await expect(model.inspect(inputs, { silencedHeads: [{ layer: 0, head: 4 }] })).rejects.toMatchObject({
      code: 'model/head-unknown',
    });
    await expect(model.inspect(inputs, { position: 8 })).rejects.toMatchObject({
      code: 'core/option-invalid',
    });
    await expect(model.inspect(Int32Array.of(61))).rejects.toMatchObject({
      code: 'model/token-out-of-range',
    });
  });
});
