import type { NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from '../checkpoint/load-checkpoint.js';
import { saveCheckpoint } from '../checkpoint/save-checkpoint.js';
import { createModelConfig } from '../config/create-model-config.js';
import { capturedGradients, gradientCapture, largestGradientError } from '../fixtures/gradient-capture.js';
import { oracleBatch, oracleWeights } from '../fixtures/oracle-weights.js';
import architectures from '../fixtures/tiny-architectures.json' with { type: 'json' };
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import nanochat from '../fixtures/tiny-nanochat.json' with { type: 'json' };
import qwen3Tied from '../fixtures/tiny-qwen3-tied.json' with { type: 'json' };
import { adamW } from '../optimizers/adamw.js';
import { muon } from '../optimizers/muon.js';
import { createTransformer } from '../transformer.js';
import { floatToHalf, halfToFloat } from '../weights/half-precision.js';
import { readSafetensors, writeSafetensors } from '../weights/safetensors.js';
import { familyOf, toHuggingFaceConfig } from './config.js';
import { exportHuggingFace } from './export-model.js';
import { importHuggingFace } from './import-model.js';

// Slow: every family is trained ten steps and compared with PyTorch

const executor = createNodeExecutor({ threads: 1 });
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

interface Fixture {
  readonly config: object;
  readonly gradients: Readonly<Record<string, { readonly shape: readonly number[]; readonly norm: number }>>;
}

/** The files of the model that the fixture's numbers come from. */
async function directory(
  fixture: Fixture,
): Promise<{ store: MemoryStore; tensors: Map<string, NamedTensor> }> {
  const tensors = new Map(
    Object.entries(fixture.gradients).map(([name, { shape }]) => [name, oracleWeights(name, shape)]),
  );
  const store = new MemoryStore();
  await store.write('m/config.json', encode(fixture.config));
  await store.write('m/model.safetensors', writeSafetensors(tensors));
  return { store, tensors };
}

describe.each(Object.entries({ gpt2, llama, nanochat, qwen3Tied }))('%s', (_, fixture) => {
  const batch = oracleBatch(fixture);

  test('logits, loss and every gradient are those of Hugging Face transformers', async () => {
    const { store } = await directory(fixture);
    const { config, parameters } = await importHuggingFace(store, 'm');
    const model = await createTransformer({ config, parameters, executor, optimizer: gradientCapture });
    const logits = await model.logits(batch);
    const largest = Math.max(...fixture.logits.map(Math.abs));
    for (const [i, expected] of fixture.logits.entries())
      expect(Math.abs(logits[i]! - expected) / largest).toBeLessThan(1e-5);
    const { loss } = await model.trainStep(batch, { learningRate: 1 });
    expect(loss / fixture.loss).toBeCloseTo(1, 5);
    const gradients = familyOf(config)!.exportTensors(config, capturedGradients(await model.snapshot()));
    const worst = largestGradientError(gradients, fixture.gradients);
    expect(worst.error, worst.name).toBeLessThan(1e-4);
    await model.dispose();
  });

  test('greedy continuations are those of Hugging Face generate, with and without a repetition penalty', async () => {
    const { store } = await directory(fixture);
    const { config, parameters } = await importHuggingFace(store, 'm');
    const model = await createTransformer({ config, parameters, executor });
    const prompt = batch.inputs.slice(0, 5);
    for (const [penalty, expected] of Object.entries(fixture.greedy)) {
      const options = { maxNewTokens: 10, temperature: 0, repetitionPenalty: Number(penalty) };
      expect([...(await model.generate([prompt], options))[0]!.ids]).toEqual(expected);
    }
    expect(fixture.greedy['1.0']).not.toEqual(fixture.greedy['1.5']);
    await model.dispose();
  });

  test.each([adamW(), muon()])('ten steps of $name are those of PyTorch', async (optimizer) => {
    const { store } = await directory(fixture);
    const { config, parameters } = await importHuggingFace(store, 'm');
    const model = await createTransformer({ config, parameters, executor, optimizer });
    const expected = fixture[optimizer.name as 'adamw' | 'muon'];
    for (let step = 0; step < 10; step++) {
      const result = await model.trainStep(batch, { learningRate: 0.01 * (1 - step / 20) });
      expect(Math.abs(result.loss / expected.losses[step]! - 1), `step ${step}`).toBeLessThan(1e-4);
      expect(Math.abs(result.gradientNorm / expected.gradientNorms[step]! - 1), `step ${step}`).toBeLessThan(
        1e-4,
      );
    }
    await model.dispose();
  });

  test('what is exported, and what a checkpoint holds, are the tensors that were imported', async () => {
    const { store, tensors } = await directory(fixture);
    const { config, parameters } = await importHuggingFace(store, 'm');
    await exportHuggingFace(store, 'out', { config, parameters });
    expect(sorted(readSafetensors(await store.read('out/model.safetensors'), 'out'))).toEqual(
      sorted(tensors),
    );
    expect(await importHuggingFace(store, 'out')).toMatchObject({ config, parameters });
    const snapshot = { stepsTaken: 1, parameters, optimizerState: new Map() };
    const folder = await saveCheckpoint(store, 'c', { config, snapshot });
    expect(sorted(readSafetensors(await store.read(`${folder}/model.safetensors`), 'c'))).toEqual(
      sorted(tensors),
    );
    expect((await loadCheckpoint(store, 'c')).snapshot.parameters).toEqual(parameters);
  });
});

/** Upper bits of the oracle's weights: BF16, F16 of it, and the upper half of F16. */
function bitsOf(name: string, shape: readonly number[], kind: number): Uint16Array {
  const { data } = oracleWeights(name, shape);
  if (kind === 0) return Uint16Array.from(new Uint32Array(data.buffer), (word) => word >>> 16);
  const halves = Uint16Array.from(data, floatToHalf);
  return kind === 1 ? halves : halves.map((half) => half & 0xff00);
}

function rounded(name: string, shape: readonly number[], kind: number): Float32Array {
  const bits = bitsOf(name, shape, kind);
  if (kind === 0) return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
  return Float32Array.from(bits, halfToFloat);
}

/** A file of tensors of one type. */
function stored(tensors: readonly (readonly [string, readonly number[]])[], dtype: string): Uint8Array {
  const kind = ['BF16', 'F16', 'F8_E5M2'].indexOf(dtype);
  const parts = tensors.map(([name, shape]) => {
    const bits = bitsOf(name, shape, kind);
    return kind === 2 ? Uint8Array.from(bits, (half) => half >> 8) : new Uint8Array(bits.buffer);
  });
  const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
  const header = Object.fromEntries(
    tensors.map(([name, shape], i) => [name, { dtype, shape, data_offsets: [ends[i - 1] ?? 0, ends[i]] }]),
  );
  const text = encode(header);
  const file = new Uint8Array(8 + text.length + ends.at(-1)!);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  for (const [i, part] of parts.entries()) file.set(part, 8 + text.length + (ends[i - 1] ?? 0));
  return file;
}

const sorted = (tensors: ReadonlyMap<string, NamedTensor>): [string, NamedTensor][] =>
  [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));

describe('files', () => {
  test('shards named by an index are read, and a shard outside the directory is refused', async () => {
    const { store, tensors } = await directory(llama);
    const names = [...tensors.keys()];
    const map: Record<string, string> = {};
    for (const [part, chosen] of [names.slice(0, 5), names.slice(5)].entries()) {
      const file = `model-0000${part + 1}-of-00002.safetensors`;
      await store.write(
        `s/${file}`,
        writeSafetensors(new Map(chosen.map((name) => [name, tensors.get(name)!]))),
      );
      for (const name of chosen) map[name] = file;
    }
    await store.write('s/config.json', encode(llama.config));
    await store.write('s/model.safetensors.index.json', encode({ weight_map: map }));
    expect((await importHuggingFace(store, 's')).parameters).toEqual(
      (await importHuggingFace(store, 'm')).parameters,
    );
    for (const hostile of ['../m/model.safetensors', '/etc/passwd', 'a\\b.safetensors', 7]) {
      await store.write('s/model.safetensors.index.json', encode({ weight_map: { x: hostile } }));
      await expect(importHuggingFace(store, 's')).rejects.toMatchObject({ code: 'model/index-invalid' });
    }
    const refuse = async (changes: object, part: string): Promise<void> => {
      await store.write('s/model.safetensors.index.json', encode({ weight_map: { ...map, ...changes } }));
      await expect(importHuggingFace(store, 's')).rejects.toThrow(part);
    };
    await refuse({ [names[0]!]: map[names[5]!]! }, 'model-00001-of-00002.safetensors holds it');
    await refuse(
      { more: map[names[5]!]! },
      'places "more" in model-00002-of-00002.safetensors, which does not hold it',
    );
    await refuse(
      { more: 'model-00003-of-00003.safetensors' },
      'no artifact "s/model-00003-of-00003.safetensors"',
    );
    for (const broken of ['{', '[]', '{"weight_map":{}}', '{"weight_map":[]}']) {
      await store.write('s/model.safetensors.index.json', new TextEncoder().encode(broken));
      await expect(importHuggingFace(store, 's')).rejects.toMatchObject({ code: 'model/index-invalid' });
    }
  });

  test('half precision weights are read', async () => {
    const { store, tensors } = await directory(qwen3Tied);
    const [name, { shape, data }] = [...tensors][0]!;
    const header: Record<string, unknown> = {
      [name]: { dtype: 'F16', shape, data_offsets: [0, data.length * 2] },
    };
    const text = encode(header);
    const file = new Uint8Array(8 + text.length + data.length * 2);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    file.set(new Uint8Array(Uint16Array.from(data, floatToHalf).buffer), 8 + text.length);
    await store.write('m/model.safetensors', file);
    // Only one tensor: the error names what is missing, so the one that is there was read.
    const error: unknown = await importHuggingFace(store, 'm').catch((reason: unknown) => reason);
    expect(String(error)).not.toContain(`"${name}"`);
    expect(error).toMatchObject({ code: 'model/parameters-mismatch' });
  });

  test.each(['gemma3', 'qwen2', 'phi3', 'smollm3-window'] as const)(
    'shards of half precision and 8 bits are read for %s, with its head beside them or tied',
    async (name) => {
      const { config, shapes } = architectures.cases[name];
      const store = new MemoryStore();
      await store.write('m/config.json', encode(config));
      const names: readonly [string, readonly number[]][] = Object.entries({
        ...shapes,
        // Some writers store the tied head as well.
        'lm_head.weight': [config.vocab_size, config.hidden_size],
      });
      const map: Record<string, string> = {};
      for (const [part, dtype] of (['BF16', 'F16', 'F8_E5M2'] as const).entries()) {
        const file = `model-0000${part + 1}-of-00003.safetensors`;
        const chosen = names.filter((_, index) => index % 3 === part);
        await store.write(`m/${file}`, stored(chosen, dtype));
        for (const [tensor] of chosen) map[tensor] = file;
      }
      await store.write('m/model.safetensors.index.json', encode({ weight_map: map }));
      const { config: read, parameters } = await importHuggingFace(store, 'm');
      expect(read.tiedHead).toBe(config.tie_word_embeddings);
      const written = familyOf(read)!.exportTensors(read, parameters);
      for (const [index, [tensor, shape]] of names.entries()) {
        if (tensor === 'lm_head.weight' && read.tiedHead) expect(written.has(tensor)).toBe(false);
        else expect(written.get(tensor)!.data).toEqual(rounded(tensor, shape, index % 3));
      }
      const stray = { ...config, quantization_config: { quant_method: 'fp8' } };
      await store.write('m/config.json', encode(stray));
      await expect(importHuggingFace(store, 'm')).rejects.toThrow('"quantization_config" is');
    },
  );

  test('what does not fit is refused before a tensor is read', async () => {
    const { store, tensors } = await directory(gpt2);
    const { size, readRange } = store;
    let last = 0;
    Object.assign(store, {
      readRange: (key: string, start: number, end: number) => {
        last = end;
        return readRange.call(store, key, start, end);
      },
    });
    await store.write('m/config.json', encode({ ...gpt2.config, n_layer: 1 }));
    await expect(importHuggingFace(store, 'm')).rejects.toMatchObject({ code: 'model/parameters-mismatch' });
    const dataBytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(last).toBe((await size.call(store, 'm/model.safetensors')) - dataBytes);
  });

  test('a config that is not usable says why', async () => {
    const { store } = await directory(llama);
    const refuse = async (changes: object, part: string): Promise<void> => {
      await store.write('m/config.json', encode({ ...llama.config, ...changes }));
      await expect(importHuggingFace(store, 'm')).rejects.toThrow(part);
    };
    await refuse({ model_type: 'mamba' }, '"mamba" is not supported');
    await refuse({ hidden_act: 'gelu' }, 'hidden_act "gelu" is not supported');
    await refuse({ num_hidden_layers: 'two' }, '"num_hidden_layers" is "two"');
    await refuse({ num_hidden_layers: 3 }, 'model.layers.2.input_layernorm.weight" is missing');
    await refuse(
      { num_hidden_layers: 2 ** 31 - 1 },
      'says 2147483647 layers, but m/model.safetensors has only',
    );
    await refuse({ hidden_size: 2 ** 30 }, 'the configuration says [');
    await refuse({ vocab_size: 2 ** 31 - 1 }, '"model.embed_tokens.weight" is [');
    await refuse({ hidden_size: 2 ** 40 }, 'width is 1099511627776');
    const own = toHuggingFaceConfig(createModelConfig({ vocabularySize: 9, contextLength: 8, depth: 1 }));
    const ours = own.llm_model_config as object;
    await refuse(
      { llm_model_config: { ...ours, feedForward: 'mystery' } },
      'feedForward is mystery; it must be one of',
    );
    await refuse(
      { llm_model_config: { ...ours, normalizationEpsilon: '1e-6' } },
      'normalizationEpsilon is 1e-6',
    );
    await refuse({ llm_model_config: { ...ours, version: 2 } }, 'its version is 2');
    await refuse({ llm_model_config: { version: 1 } }, 'vocabularySize is undefined');
    await store.write('m/config.json', new TextEncoder().encode('{'));
    await expect(importHuggingFace(store, 'm')).rejects.toThrow('not JSON');
  });
});
