import type { NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleWeights } from '../fixtures/oracle-weights.js';
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import nanochat from '../fixtures/tiny-nanochat.json' with { type: 'json' };
import qwen3 from '../fixtures/tiny-qwen3-tied.json' with { type: 'json' };
import { initialParameters } from '../weights/initial-parameters.js';
import { writeSafetensors } from '../weights/safetensors.js';
import { fromHuggingFaceConfig, toHuggingFaceConfig } from './config.js';
import { exportHuggingFace } from './export-model.js';
import { importHuggingFace } from './import-model.js';

const read = (config: object): unknown => fromHuggingFaceConfig(JSON.stringify(config), 'config.json');
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A file of F32 tensors and of others as raw bytes. */
function withRaw(
  tensors: ReadonlyMap<string, NamedTensor>,
  raw: readonly (readonly [name: string, dtype: string, shape: number[], bytes: number])[],
): Uint8Array {
  const plain = writeSafetensors(tensors);
  const length = Number(new DataView(plain.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(plain.subarray(8, 8 + length))) as Record<
    string,
    unknown
  >;
  let end = plain.length - 8 - length;
  for (const [name, dtype, shape, bytes] of raw) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes] };
    end += bytes;
  }
  const text = encode(header);
  const file = new Uint8Array(8 + text.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(plain.subarray(8 + length), 8 + text.length);
  return file;
}

describe('a field that changes the computation is computed or refused by name', () => {
  test.each([
    [gpt2, { scale_attn_weights: false }],
    [gpt2, { scale_attn_by_inverse_layer_idx: true }],
    [gpt2, { reorder_and_upcast_attn: true }],
    [gpt2, { add_cross_attention: true }],
    [gpt2, { scale_attn_weights: 0 }],
    [gpt2, { pruned_heads: { 0: [1] } }],
    [gpt2, { activation_function: 'quick_gelu' }],
    [llama, { quantization_config: { quant_method: 'fp8' } }],
    [llama, { is_encoder_decoder: true }],
    [llama, { partial_rotary_factor: 0.5 }],
    [llama, { rope_parameters: { rope_type: 'default', rope_theta: 500, partial_rotary_factor: 0.5 } }],
    [qwen3, { rope_parameters: null, rope_scaling: { type: 'linear', factor: 2 } }],
    [qwen3, { rope_parameters: null, rope_scaling: { factor: 2 } }],
    [qwen3, { rope_parameters: { rope_type: 'yarn', factor: 4, rope_theta: 500 } }],
    [qwen3, { use_sliding_window: true }],
    [qwen3, { layer_types: ['full_attention', 'sliding_attention'] }],
    [nanochat, { hidden_act: 'silu' }],
    [nanochat, { use_sliding_window: true }],
  ])('%#: %o', (fixture, change) => {
    const { rope_scaling: _, ...config } = fixture.config as Record<string, unknown>;
    read(config);
    const key = Object.entries(change).find(([, value]) => value !== null)![0];
    expect(() => read({ ...config, ...change })).toThrow(
      expect.objectContaining({ code: 'model/config-unreadable', message: expect.stringContaining(key) }),
    );
  });

  test('two places for the same thing must agree', () => {
    const { rope_theta: _, ...config } = llama.config as Record<string, unknown>;
    const base = {
      ...config,
      rope_parameters: { rope_type: 'default', rope_theta: 500 },
      rope_scaling: null,
    };
    expect(read({ ...base, rope_theta: 500 })).toMatchObject({ rotaryBase: 500 });
    expect(() => read({ ...base, rope_theta: 10_000 })).toThrow('"rope_theta" is 10000, and only 500');
    const scaling = {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 16,
    };
    expect(() => read({ ...base, rope_scaling: scaling })).toThrow('say different things');
    const scaled = { ...base, rope_parameters: { ...scaling, rope_theta: 500 }, rope_scaling: scaling };
    expect(read({ ...scaled, rope_theta: 500 })).toMatchObject({
      rotaryBase: 500,
      rotaryScaling: { factor: 8 },
    });
    for (const wrong of [{ factor: 0 }, { low_freq_factor: 4 }, { original_max_position_embeddings: -1 }])
      expect(() => read({ ...base, rope_parameters: { ...scaling, ...wrong, rope_theta: 500 } })).toThrow(
        "The model's rotaryScaling is {",
      );
  });

  test('nothing is said by fields that are null, empty or at their only value', () => {
    const more = {
      scale_attn_weights: true,
      pruned_heads: {},
      quantization_config: null,
      is_encoder_decoder: false,
    };
    expect(read({ ...gpt2.config, ...more })).toEqual(read(gpt2.config));
    const types = { layer_types: ['full_attention'], use_sliding_window: false, sliding_window: 4096 };
    expect(read({ ...qwen3.config, ...types })).toEqual(read(qwen3.config));
  });

  test('Qwen3 without head_dim has heads of 128, as in transformers', () => {
    const { head_dim: _, ...config } = qwen3.config as Record<string, unknown>;
    expect(read(config)).toMatchObject({ headWidth: 128 });
  });
});

test('what is changed by hand beside llm_model_config, and a field of it that is unknown, are not passed over', () => {
  for (const base of [gpt2, llama, qwen3, nanochat]) {
    const config = read(base.config) as Parameters<typeof toHuggingFaceConfig>[0];
    const written = toHuggingFaceConfig(config);
    expect(read(written)).toEqual(config);
    // vLLM moves a `llm_config` to `text_config` and reads nothing else; earlier versions wrote it.
    expect(written).not.toHaveProperty('llm_config');
    const { llm_model_config: ours, ...others } = written;
    expect(read({ ...others, llm_config: ours })).toEqual(config);
    const key = 'n_head' in written ? 'layer_norm_epsilon' : 'rms_norm_eps';
    expect(() => read({ ...written, [key]: 0.5 })).toThrow(`"${key}" is 0.5, but its llm_model_config says`);
    expect(() =>
      read({ ...written, llm_model_config: { ...(written.llm_model_config as object), slidingWindow: 9 } }),
    ).toThrow('the field "slidingWindow"');
    expect(() =>
      read({ ...written, llm_model_config: { ...(written.llm_model_config as object), tiedHead: 'no' } }),
    ).toThrow("The model's tiedHead is no; it must be true or false.");
  }
  const own = toHuggingFaceConfig(createModelConfig({ depth: 1, vocabularySize: 9, contextLength: 8 }));
  expect(() => read({ ...own, rope_parameters: { rope_type: 'default', rope_theta: 5 } })).toThrow(
    '"rope_theta"',
  );
  expect(() => read({ ...own, rope_scaling: { rope_type: 'linear', factor: 2 } })).toThrow('"rope_type"');
});

test('masks and tables of any type are no weights', async () => {
  const store = new MemoryStore();
  const tensors = new Map(
    Object.entries(gpt2.gradients).map(([name, { shape }]) => [name, oracleWeights(name, shape)]),
  );
  await store.write('m/config.json', encode(gpt2.config));
  for (const [dtype, bytes] of [
    ['U8', 1],
    ['BOOL', 1],
    ['F16', 2],
    ['I64', 8],
  ] as const) {
    const masks = [0, 1].map(
      (layer) => [`transformer.h.${layer}.attn.bias`, dtype, [1, 1, 4, 4], 16 * bytes] as const,
    );
    const one = ['transformer.h.0.attn.masked_bias', dtype, [], bytes] as const;
    await store.write(
      'm/model.safetensors',
      withRaw(
        tensors,
        [...masks, one].map(([a, b, c, d]) => [a, b, [...c], d]),
      ),
    );
    const { parameters } = await importHuggingFace(store, 'm');
    await store.write('m/model.safetensors', writeSafetensors(tensors));
    expect(parameters).toEqual((await importHuggingFace(store, 'm')).parameters);
  }
  const config = createModelConfig({ depth: 1, width: 64, vocabularySize: 9, contextLength: 8 });
  const parameters = initialParameters(config, 1);
  await exportHuggingFace(store, 'q', { config, parameters });
  const table = ['model.layers.0.self_attn.rotary_emb.inv_freq', 'F8_E4M3', [32], 32] as const;
  await store.write('q/model.safetensors', withRaw(parameters, [[table[0], table[1], [...table[2]], 32]]));
  expect((await importHuggingFace(store, 'q')).parameters).toEqual(parameters);
});
