/** Llama and Qwen3: the families whose names and layout are ours already. */
import type { JsonValue } from '@llm/core';
import { createModelConfig, type ModelConfigOptions } from '../config/create-model-config.js';
import type { Llama3RotaryScaling, ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';
import type { Family } from './family.js';

function isPlainDecoder(config: ModelConfig): boolean {
  return (
    config.normalization === 'rms' &&
    config.positions === 'rotary' &&
    config.feedForward === 'swiglu' &&
    config.queryKeyScale === 1 &&
    !config.embeddingNormalization &&
    config.attentionBias === config.attentionOutputBias &&
    config.logitSoftcap === undefined
  );
}

function family(type: 'llama' | 'qwen3', architecture: string): Family {
  const queryKeyNormalization = type === 'qwen3' ? 'rms' : 'none';
  return {
    type,
    architecture,
    matches: (config) =>
      isPlainDecoder(config) &&
      config.queryKeyNormalization === queryKeyNormalization &&
      !(type === 'qwen3' && config.feedForwardBias),
    read: (json) => readDecoder(json, type),
    write: writeDecoder,
    isBuffer: isRotaryBuffer,
    importTensors: (_, tensors) => new Map(tensors),
    exportTensors: (_, parameters) => new Map(parameters),
  };
}

export const llama = family('llama', 'LlamaForCausalLM');
export const qwen3 = family('qwen3', 'Qwen3ForCausalLM');

/** Frequencies that old files hold. */
export function isRotaryBuffer(name: string): boolean {
  return name.endsWith('rotary_emb.inv_freq');
}

function readDecoder(json: ConfigReader, type: 'llama' | 'qwen3'): ModelConfig {
  json.oneOf('hidden_act', ['silu']);
  const dimensions = readDimensions(json);
  return createModelConfig({
    ...dimensions,
    // What Qwen3 of transformers has where nothing is said, whatever the width.
    headWidth: type === 'qwen3' ? json.number('head_dim', 128) : dimensions.headWidth,
    queryKeyNormalization: type === 'qwen3' ? 'rms' : 'none',
    feedForwardBias: json.boolean('mlp_bias', false),
  });
}

/** What config.json says under the same keys for all families but GPT-2. */
export function readDimensions(json: ConfigReader): ModelConfigOptions {
  json.require({ use_sliding_window: false, partial_rotary_factor: 1 });
  const { layer_types: layers } = json.json;
  if (layers != null && !(Array.isArray(layers) && layers.every((layer) => layer === 'full_attention')))
    json.fail('"layer_types" names other layers than "full_attention", and no others are supported');
  const heads = json.number('num_attention_heads');
  return {
    vocabularySize: json.number('vocab_size'),
    contextLength: json.number('max_position_embeddings'),
    depth: json.number('num_hidden_layers'),
    width: json.number('hidden_size'),
    heads,
    keyValueHeads: json.number('num_key_value_heads', heads),
    headWidth: json.number('head_dim', json.number('hidden_size') / heads),
    feedForwardWidth: json.number('intermediate_size'),
    normalizationEpsilon: json.number('rms_norm_eps', 1e-6),
    ...readRotary(json),
    attentionBias: json.boolean('attention_bias', false),
    tiedHead: json.boolean('tie_word_embeddings', false),
  };
}

/**
 * `rope_parameters` of transformers 5, or `rope_theta` and `rope_scaling` of everything before it. Where both
 * are there they must agree: which one counts depends on the version that reads them.
 */
function readRotary(json: ConfigReader): Pick<ModelConfig, 'rotaryBase' | 'rotaryScaling'> {
  const [first, second] = ['rope_parameters', 'rope_scaling']
    .filter((key) => json.json[key] != null)
    .map((key) => readScaling(json, json.object(key)));
  if (first && second && JSON.stringify(first) !== JSON.stringify(second))
    json.fail('"rope_parameters" and "rope_scaling" say different things');
  return first ?? { rotaryBase: json.number('rope_theta', 10_000), rotaryScaling: undefined };
}

function readScaling(
  json: ConfigReader,
  rope: ConfigReader,
): Pick<ModelConfig, 'rotaryBase' | 'rotaryScaling'> {
  if (rope.json.rope_theta != null) json.require({ rope_theta: rope.number('rope_theta') });
  const rotaryBase = rope.number('rope_theta', json.number('rope_theta', 10_000));
  const type = rope.oneOf(rope.json.rope_type == null ? 'type' : 'rope_type', ['default', 'llama3']);
  rope.require({
    partial_rotary_factor: 1,
    ...(type === 'default' ? { factor: 1 } : { attention_factor: 1 }),
  });
  if (type === 'default') return { rotaryBase, rotaryScaling: undefined };
  const rotaryScaling: Llama3RotaryScaling = {
    type,
    factor: rope.number('factor'),
    lowFrequencyFactor: rope.number('low_freq_factor'),
    highFrequencyFactor: rope.number('high_freq_factor'),
    originalContextLength: rope.number('original_max_position_embeddings'),
  };
  return { rotaryBase, rotaryScaling };
}

export function writeDecoder(config: ModelConfig): Record<string, JsonValue> {
  const scaling = config.rotaryScaling;
  const rope: Record<string, JsonValue> = scaling
    ? {
        rope_type: 'llama3',
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalContextLength,
      }
    : { rope_type: 'default' };
  return {
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    num_hidden_layers: config.depth,
    hidden_size: config.width,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headWidth,
    intermediate_size: config.feedForwardWidth,
    hidden_act: 'silu',
    rms_norm_eps: config.normalizationEpsilon,
    rope_theta: config.rotaryBase,
    rope_parameters: { ...rope, rope_theta: config.rotaryBase },
    rope_scaling: scaling ? rope : null,
    attention_bias: config.attentionBias,
    mlp_bias: config.feedForwardBias,
    attention_dropout: 0,
    tie_word_embeddings: config.tiedHead,
  };
}
