import type { NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { oracleWeights } from '../fixtures/oracle-weights.js';
import architectures from '../fixtures/tiny-architectures.json' with { type: 'json' };
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import nanochat from '../fixtures/tiny-nanochat.json' with { type: 'json' };
import qwen3 from '../fixtures/tiny-qwen3-tied.json' with { type: 'json' };
import { initialParameters } from '../weights/initial-parameters.js';
import { writeSafetensors } from '../weights/safetensors.js';
import { fromHuggingFaceConfig, toHuggingFaceConfig } from './config.js';
import { exportHuggingFace } from './export-model.js';
import { importHuggingFace } from './import-model.js';

const fixtures = architectures.cases;
const { qwen2, mistral, phi3, smollm3: smolLm3, olmo2, gemma3, gemma2 } = fixtures;

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
    [qwen3, { rope_parameters: null, rope_scaling: { type: 'dynamic', factor: 2 } }],
    [qwen3, { rope_parameters: null, rope_scaling: { factor: 2 } }],
    [qwen3, { rope_parameters: { rope_type: 'longrope', factor: 4, rope_theta: 500 } }],
    [qwen3, { rope_parameters: { rope_type: 'linear', factor: 4, rope_theta: 500, attention_factor: 2 } }],
    [qwen3, { rope_parameters: { rope_type: 'yarn', rope_theta: 500 } }],
    [qwen3, { layer_types: ['sliding_attention'] }],
    [qwen3, { layer_types: ['full_attention', 'full_attention'] }],
    [qwen3, { layer_types: ['linear_attention'] }],
    [llama, { use_sliding_window: true }],
    [llama, { layer_types: ['full_attention', 'sliding_attention'] }],
    [qwen2, { attention_bias: false }],
    [qwen2, { mlp_bias: true }],
    [qwen2, { hidden_act: 'gelu' }],
    [mistral, { attention_bias: true }],
    [mistral, { use_sliding_window: false }],
    [mistral, { layer_types: ['full_attention', 'sliding_attention', 'sliding_attention'] }],
    [phi3, { rope_parameters: { rope_type: 'longrope', short_factor: [1], long_factor: [2] } }],
    [phi3, { rope_parameters: { rope_type: 'linear', factor: 2 } }],
    [phi3, { rope_scaling: { type: 'su', short_factor: [1], long_factor: [2] }, rope_parameters: null }],
    [phi3, { attention_bias: true }],
    [smolLm3, { no_rope_layers: [1, 2, 0, 1] }],
    [smolLm3, { no_rope_layers: [1] }],
    [smolLm3, { layer_types: ['sliding_attention', 'full_attention', 'full_attention', 'full_attention'] }],
    [olmo2, { clip_qkv: 8 }],
    [olmo2, { use_sliding_window: true }],
    [olmo2, { partial_rotary_factor: 0.5 }],
    [gemma3, { attn_logit_softcapping: 50 }],
    [gemma3, { use_bidirectional_attention: true }],
    [gemma3, { hidden_activation: 'gelu' }],
    [gemma3, { rope_parameters: { rope_type: 'default', rope_theta: 500 } }],
    [gemma3, { rope_parameters: { sliding_attention: { rope_type: 'linear', factor: 2 } } }],
    [gemma3, { rope_parameters: { chunked_attention: { rope_type: 'default' } } }],
    [gemma3, { rope_local_base_freq: 7 }],
    [gemma3, { sliding_window: null }],
    [gemma3, { sliding_window_pattern: 0 }],
    [smolLm3, { no_rope_layer_interval: -4 }],
    [gemma2, { use_bidirectional_attention: true }],
    [nanochat, { hidden_act: 'silu' }],
    [nanochat, { use_sliding_window: true }],
  ] as readonly (readonly [{ readonly config: object }, object])[])('%#', (fixture, change) => {
    const { rope_scaling: _, ...config } = fixture.config as Record<string, unknown>;
    read(config);
    const found = Object.entries(change).find(([, value]) => value !== null)?.[0];
    // What is null is missed where it is needed.
    const key = found ?? Object.keys(change)[0]!;
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

  test('what families have where nothing is said is what transformers has', () => {
    const without = ({ config }: { readonly config: object }, ...keys: readonly string[]): unknown => {
      const rest = Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
      return read(rest);
    };
    const rope = ['rope_parameters', 'rope_scaling', 'rope_theta'];
    expect(without(smolLm3, ...rope, 'tie_word_embeddings', 'no_rope_layers')).toMatchObject({
      rotaryBase: 2e6,
      tiedHead: true,
      rotatedLayers: [true, true, true, false],
    });
    expect(without(olmo2, 'rms_norm_eps', ...rope)).toMatchObject({
      normalizationEpsilon: 1e-5,
      rotaryBase: 1e4,
    });
    expect(without(phi3, 'rms_norm_eps', 'sliding_window')).toMatchObject({
      normalizationEpsilon: 1e-5,
      attentionWindow: undefined,
    });
    expect(without(mistral, 'sliding_window')).toMatchObject({ attentionWindow: 4096 });
    const gemma = [
      'head_dim',
      'query_pre_attn_scalar',
      'sliding_window',
      'layer_types',
      'tie_word_embeddings',
    ];
    const { num_hidden_layers: _, ...config } = gemma3.config as Record<string, unknown>;
    const deep = { config: { ...config, num_hidden_layers: 13 } };
    expect(without(deep, ...rope, ...gemma)).toMatchObject({
      headWidth: 256,
      attentionScale: undefined,
      attentionWindow: 4096,
      windowedLayers: [true, true, true, true, true, false],
      rotaryBase: 1e6,
      localRotaryBase: 1e4,
      tiedHead: true,
    });
    const { num_hidden_layers: __, ...config2 } = gemma2.config as Record<string, unknown>;
    const caps = ['attn_logit_softcapping', 'final_logit_softcapping'];
    expect(without({ config: { ...config2, num_hidden_layers: 5 } }, 'layer_types', ...caps)).toMatchObject({
      windowedLayers: [true, false],
      attentionLogitSoftcap: 50,
      logitSoftcap: 30,
    });
  });

  test('a family that another computes too is kept, and goes where it no longer computes the model', () => {
    const { config } = fixtures['mistral-whole'];
    expect(read(config)).toMatchObject({ family: 'mistral', attentionWindow: undefined });
    const whole = read(config) as ModelConfig;
    expect(toHuggingFaceConfig(whole).model_type).toBe('mistral');
    expect(toHuggingFaceConfig({ ...whole, family: undefined }).model_type).toBe('llama');
    expect(toHuggingFaceConfig({ ...whole, queryKeyNormalization: 'rms' }).model_type).toBe('qwen3');
    expect(read(qwen2.config)).toMatchObject({ family: undefined });
  });

  test('layers that differ are few enough for a list, whatever the file says', () => {
    for (const { config } of [gemma3, gemma2, smolLm3]) {
      const { layer_types: _, no_rope_layers: __, ...rest } = config as Record<string, unknown>;
      const deep = { ...rest, num_hidden_layers: 2 ** 31 - 1 };
      expect(() => read(deep)).toThrow(
        '"num_hidden_layers" is 2147483647, and layers can differ up to 10000',
      );
    }
    const own = toHuggingFaceConfig(read(gemma3.config) as ModelConfig);
    const llm_model_config = { ...(own.llm_model_config as object), depth: 2 ** 31 - 1 };
    expect(() => read({ ...own, llm_model_config })).toThrow(
      "The model's depth is 2147483647; it must be at most",
    );
  });

  test('Qwen3 without head_dim has heads of 128, as in transformers', () => {
    const { head_dim: _, ...config } = qwen3.config as Record<string, unknown>;
    expect(read(config)).toMatchObject({ headWidth: 128 });
  });
});

test('what is changed by hand beside llm_model_config, and a field of it that is unknown, are not passed over', () => {
  for (const base of [gpt2, llama, qwen3, nanochat, ...Object.values(fixtures)]) {
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
