/** Llama and Qwen3: the families whose names and layout are ours already. */
import type { JsonValue, NamedTensor } from '@llm/core';
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
    read: (json) => readDecoder(json, queryKeyNormalization),
    write: writeDecoder,
    importTensors: (_, tensors) => withoutBuffers(tensors),
    exportTensors: (_, parameters) => new Map(parameters),
  };
}

export const llama = family('llama', 'LlamaForCausalLM');
export const qwen3 = family('qwen3', 'Qwen3ForCausalLM');

function withoutBuffers(tensors: ReadonlyMap<string, NamedTensor>): Map<string, NamedTensor> {
  return new Map([...tensors].filter(([name]) => !name.endsWith('rotary_emb.inv_freq')));
}

function readDecoder(json: ConfigReader, queryKeyNormalization: 'rms' | 'none'): ModelConfig {
  json.oneOf('hidden_act', ['silu']);
  if (json.json.use_sliding_window === true) json.fail('sliding windows are not supported');
  return createModelConfig({
    ...readDimensions(json),
    queryKeyNormalization,
    feedForwardBias: json.boolean('mlp_bias', false),
  });
}

/** What config.json says under the same keys for all families but GPT-2. */
export function readDimensions(json: ConfigReader): ModelConfigOptions {
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

/** `rope_parameters` of transformers 5, or `rope_theta` and `rope_scaling` of everything before it. */
function readRotary(json: ConfigReader): Pick<ModelConfig, 'rotaryBase' | 'rotaryScaling'> {
  const rope = json.object(json.json.rope_parameters ? 'rope_parameters' : 'rope_scaling');
  const rotaryBase = rope.number('rope_theta', json.number('rope_theta', 10_000));
  const type = rope.oneOf(rope.json.rope_type === undefined ? 'type' : 'rope_type', ['default', 'llama3']);
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
