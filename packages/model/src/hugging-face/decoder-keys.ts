/** What config.json says under the same keys for all families but GPT-2. */
import type { JsonValue } from '@llm/core';
import type { ModelConfigOptions } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';
import { type RotaryDefaults, readRotary, writeRotary } from './rotary-keys.js';

/** Where families may differ, as Llama has it. */
const llamaFields = {
  feedForward: 'swiglu',
  normalization: 'rms',
  normalizationOffset: 0,
  normPlacement: 'before',
  queryKeyNormalization: 'none',
  queryKeyScale: 1,
  attentionScale: undefined,
  attentionLogitSoftcap: undefined,
  attentionWindow: undefined,
  windowedLayers: [true],
  positions: 'rotary',
  rotaryScaling: undefined,
  localRotaryBase: undefined,
  rotaryWidth: undefined,
  rotatedLayers: [true],
  embeddingScale: 1,
  embeddingNormalization: false,
  attentionBias: false,
  attentionOutputBias: false,
  feedForwardBias: false,
  logitSoftcap: undefined,
  valueEmbeddings: false,
  smear: false,
  residualScalars: false,
  backout: false,
} as const satisfies Partial<ModelConfig>;

/** Whether nothing but sizes, the tied head and the named fields differs from Llama without biases. */
export function isLlamaBut(config: ModelConfig, ...fields: (keyof typeof llamaFields)[]): boolean {
  return Object.entries(llamaFields).every(
    ([field, value]) =>
      fields.some((name) => name === field) ||
      JSON.stringify(config[field as keyof ModelConfig]) === JSON.stringify(value),
  );
}

/** What a family has where config.json says nothing. */
export interface DecoderDefaults extends RotaryDefaults {
  /** Default: as many as query heads. */
  readonly keyValueHeads?: number | undefined;
  /** Default: width / heads. */
  readonly headWidth?: number | undefined;
  readonly normalizationEpsilon?: number | undefined;
  readonly tiedHead?: boolean | undefined;
  /** Default: `readRotary`. */
  readonly readRotary?: typeof readRotary | undefined;
}

export function readDecoder(json: ConfigReader, defaults: DecoderDefaults = {}): ModelConfigOptions {
  const heads = json.number('num_attention_heads');
  const headWidth = json.number('head_dim', defaults.headWidth ?? json.number('hidden_size') / heads);
  // Null is not the same as nothing here: it says "as many as there are".
  const keyValueHeads = json.json.num_key_value_heads === null ? heads : (defaults.keyValueHeads ?? heads);
  const attentionBias = json.boolean('attention_bias', false);
  return {
    vocabularySize: json.number('vocab_size'),
    contextLength: json.number('max_position_embeddings'),
    depth: json.number('num_hidden_layers'),
    width: json.number('hidden_size'),
    heads,
    keyValueHeads: json.number('num_key_value_heads', keyValueHeads),
    headWidth,
    feedForwardWidth: json.number('intermediate_size'),
    normalizationEpsilon: json.number('rms_norm_eps', defaults.normalizationEpsilon ?? 1e-6),
    queryKeyNormalization: 'none',
    ...(defaults.readRotary ?? readRotary)(json, headWidth, defaults),
    attentionBias,
    attentionOutputBias: attentionBias,
    tiedHead: json.boolean('tie_word_embeddings', defaults.tiedHead ?? false),
  };
}

export function writeDecoder(config: ModelConfig): Record<string, JsonValue> {
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
    ...writeRotary(config),
    attention_bias: config.attentionBias,
    mlp_bias: config.feedForwardBias,
    attention_dropout: 0,
    tie_word_embeddings: config.tiedHead,
  };
}

/** Frequencies that old files hold. */
export function isRotaryBuffer(name: string): boolean {
  return name.endsWith('rotary_emb.inv_freq');
}
