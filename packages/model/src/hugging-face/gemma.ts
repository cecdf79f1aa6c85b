/**
 * Gemma 2 and Gemma 3 (text): norms on both sides of attention and feed-forward with gains around one, GeGLU,
 * scaled embeddings, windows on most layers. Gemma 2 caps its scores; Gemma 3 has norms of queries and keys,
 * and a rotary base of their own for layers with a window.
 *
 * The embedding is scaled by √width in float32, as in transformers when it computes in float32, and in
 * llama.cpp: in bfloat16 transformers rounds it to three digits.
 */
import type { JsonValue } from '@llm/core';
import { scoreRule } from '../attention/score-rule.js';
import { createModelConfig, type ModelConfigOptions } from '../config/create-model-config.js';
import { mostDifferentLayers } from '../config/layer-patterns.js';
import type { ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';
import {
  type DecoderDefaults,
  isLlamaBut,
  isRotaryBuffer,
  readDecoder,
  writeDecoder,
} from './decoder-keys.js';
import type { Family } from './family.js';
import { intervalOf, layerTypes, readWindow, windowLength } from './layer-keys.js';
import { inverse, renamed } from './renamed-tensors.js';
import { agreed, type RotaryDefaults, type RotaryFields, readRope, ropeOf } from './rotary-keys.js';

const names: ReadonlyMap<string, string> = new Map([
  ['post_attention_layernorm', 'attention_output_layernorm'],
  ['pre_feedforward_layernorm', 'post_attention_layernorm'],
  ['post_feedforward_layernorm', 'feedforward_output_layernorm'],
]);

const bothHave = [
  'feedForward',
  'normalizationOffset',
  'normPlacement',
  'attentionScale',
  'attentionWindow',
  'windowedLayers',
  'rotaryScaling',
  'embeddingScale',
  'attentionBias',
  'attentionOutputBias',
  'logitSoftcap',
] as const;

function isGemma(config: ModelConfig): boolean {
  return (
    config.feedForward === 'gegluTanh' &&
    config.normalizationOffset === 1 &&
    config.normPlacement === 'both' &&
    config.embeddingScale === Math.sqrt(config.width) &&
    config.attentionBias === config.attentionOutputBias &&
    scoreRule(config).scale === 1 / Math.sqrt(scoreWidth(config)) &&
    config.width % config.heads === 0 &&
    config.depth <= mostDifferentLayers
  );
}

/** Scores are divided by its root: `query_pre_attn_scalar`, an integer. */
function scoreWidth({ attentionScale, headWidth }: ModelConfig): number {
  return attentionScale === undefined ? headWidth : Math.round(attentionScale ** -2);
}

export const gemma3: Family = {
  type: 'gemma3_text',
  architecture: 'Gemma3ForCausalLM',
  matches: (config) =>
    isLlamaBut(config, ...bothHave, 'queryKeyNormalization', 'localRotaryBase') &&
    isGemma(config) &&
    config.queryKeyNormalization === 'rms' &&
    (config.attentionWindow === undefined) === (config.localRotaryBase === undefined),
  read: (json) => {
    // transformers reads the cap and does nothing with it.
    json.require({ attn_logit_softcapping: null });
    const every = intervalOf(json, 'sliding_window_pattern', 6);
    const fields = readGemma(json, every, { rotaryBase: 1_000_000, readRotary: readGlobalRotary });
    const hasWindow = fields.attentionWindow !== undefined;
    return createModelConfig({
      ...fields,
      queryKeyNormalization: 'rms',
      localRotaryBase: hasWindow ? readLocalBase(json) : undefined,
      logitSoftcap: readSoftcap(json, 'final_logit_softcapping'),
    });
  },
  write: (config) => {
    const local = config.localRotaryBase ?? 10_000;
    return {
      ...writeGemma(config),
      rope_local_base_freq: local,
      rope_parameters: {
        full_attention: { ...ropeOf(config.rotaryScaling), rope_theta: config.rotaryBase },
        sliding_attention: { ...ropeOf(undefined), rope_theta: local },
      },
    };
  },
  isBuffer: isRotaryBuffer,
  importTensors: (_, tensors) => renamed(tensors, names),
  exportTensors: (_, parameters) => renamed(parameters, inverse(names)),
};

export const gemma2: Family = {
  ...gemma3,
  type: 'gemma2',
  architecture: 'Gemma2ForCausalLM',
  matches: (config) => isLlamaBut(config, ...bothHave, 'attentionLogitSoftcap') && isGemma(config),
  read: (json) =>
    createModelConfig({
      ...readGemma(json, 2, {}),
      attentionLogitSoftcap: readSoftcap(json, 'attn_logit_softcapping', 50),
      logitSoftcap: readSoftcap(json, 'final_logit_softcapping', 30),
    }),
  write: (config) => ({
    ...writeGemma(config),
    attn_logit_softcapping: config.attentionLogitSoftcap ?? null,
  }),
};

/** Without `layer_types` all layers but the last of each `every` have the window. */
function readGemma(json: ConfigReader, every: number, defaults: DecoderDefaults): ModelConfigOptions {
  json.oneOf('hidden_activation', ['gelu_pytorch_tanh']);
  json.require({ use_bidirectional_attention: false, use_sliding_window: true, mlp_bias: false });
  const fields = readDecoder(json, { headWidth: 256, keyValueHeads: 4, tiedHead: true, ...defaults });
  const divisor = json.number('query_pre_attn_scalar', 256);
  return {
    ...fields,
    ...readWindow(json, windowLength(json, 4096), (layer) => (layer + 1) % every !== 0),
    feedForward: 'gegluTanh',
    normalizationOffset: 1,
    normPlacement: 'both',
    attentionScale: divisor === fields.headWidth ? undefined : 1 / Math.sqrt(divisor),
    embeddingScale: Math.sqrt(fields.width!),
  };
}

function writeGemma(config: ModelConfig): Record<string, JsonValue> {
  const { hidden_act: _, mlp_bias: _none, ...keys } = writeDecoder(config);
  return {
    ...keys,
    hidden_activation: 'gelu_pytorch_tanh',
    query_pre_attn_scalar: scoreWidth(config),
    // Where no layer has it transformers wants one nevertheless.
    sliding_window: config.attentionWindow ?? config.contextLength,
    layer_types: layerTypes(config),
    use_bidirectional_attention: false,
    attn_logit_softcapping: null,
    final_logit_softcapping: config.logitSoftcap ?? null,
    pad_token_id: null,
  };
}

/** Null is none. */
function readSoftcap(json: ConfigReader, key: string, otherwise?: number): number | undefined {
  const value = json.json[key];
  return value === null || (value === undefined && otherwise === undefined)
    ? undefined
    : json.number(key, otherwise);
}

/** `rope_parameters` have a dictionary for each kind of layer; `rope_scaling` is that of the global ones. */
function readGlobalRotary(json: ConfigReader, headWidth: number, defaults: RotaryDefaults): RotaryFields {
  const kinds = json.object('rope_parameters');
  const other = Object.keys(kinds.json).find((key) => !ropeKinds.includes(key));
  if (other !== undefined)
    kinds.fail(`it has "${other.slice(0, 80)}", and only ${ropeKinds.join(', ')} are supported`);
  const ropes = [];
  if (kinds.json.full_attention != null) ropes.push(kinds.object('full_attention'));
  if (json.json.rope_scaling != null) ropes.push(json.object('rope_scaling'));
  const read = ropes.map((rope) => readRope(json, rope, headWidth, defaults));
  return agreed(json, read) ?? readRope(json, json.object('rope_scaling'), headWidth, defaults);
}

const ropeKinds = ['full_attention', 'sliding_attention'];

function readLocalBase(json: ConfigReader): number {
  const rope = json.object('rope_parameters').object('sliding_attention');
  return readRope(json, rope, 1, { rotaryTypes: ['default'] }, 'rope_local_base_freq').rotaryBase;
}
