/**
 * ModelConfig ⇄ the config.json of Hugging Face. A configuration that is a Qwen3 or a Llama is written as one, so that
 * other programs open it; anything else gets a `model_type` of its own. Our whole configuration is written beside it
 * under `llm_config` and wins when it is read back.
 */
import { type JsonValue, LlmError } from '@llm/core';
import { checkModelConfig, createModelConfig, type ModelConfig } from './model-config.js';

type Json = Readonly<Record<string, JsonValue>>;

/** The library family that runs this configuration unchanged, or undefined. */
export function huggingFaceFamily(config: ModelConfig): 'qwen3' | 'llama' | undefined {
  const decoder =
    config.normalization === 'rms' &&
    config.positions === 'rotary' &&
    config.feedForward === 'swiglu' &&
    config.queryKeyScale === 1 &&
    !config.embeddingNormalization &&
    config.logitSoftcap === undefined;
  if (!decoder) return undefined;
  if (config.queryKeyNormalization === 'rms')
    return config.feedForwardBias || config.attentionOutputBias !== config.attentionBias
      ? undefined
      : 'qwen3';
  if (config.queryKeyNormalization === 'rmsPlain' || config.attentionBias !== config.attentionOutputBias)
    return undefined;
  return 'llama';
}

export interface SpecialTokenIds {
  readonly bos?: number;
  readonly eos?: number;
}

export function toHuggingFaceConfig(
  config: ModelConfig,
  tokens: SpecialTokenIds = {},
): Record<string, JsonValue> {
  const family = huggingFaceFamily(config);
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
  const { logitSoftcap, rotaryScaling, ...rest } = config;
  return {
    architectures: [
      family === 'qwen3' ? 'Qwen3ForCausalLM' : family === 'llama' ? 'LlamaForCausalLM' : 'LlmTransformer',
    ],
    model_type: family ?? 'llm_transformer',
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
    // `rope_parameters` is read by transformers 5, `rope_theta` and `rope_scaling` by everything before it.
    rope_parameters: { ...rope, rope_theta: config.rotaryBase },
    rope_scaling: scaling ? rope : null,
    attention_bias: config.attentionBias,
    mlp_bias: config.feedForwardBias,
    attention_dropout: 0,
    tie_word_embeddings: config.tiedHead,
    use_cache: true,
    torch_dtype: 'float32',
    bos_token_id: tokens.bos ?? null,
    eos_token_id: tokens.eos ?? null,
    llm_config: {
      version: 1,
      ...rest,
      logitSoftcap: logitSoftcap ?? null,
      rotaryScaling: rotaryScaling ? { ...rotaryScaling } : null,
    },
  };
}

/** Reads a config.json. `file` names it in errors. Throws `model/config-unreadable` or `model/config-invalid`. */
export function fromHuggingFaceConfig(text: string, file: string): ModelConfig {
  const fail = (what: string): never => {
    throw new LlmError({
      code: 'model/config-unreadable',
      message: `${file} cannot be used as a model configuration: ${what}.`,
      details: { file },
    });
  };
  let json: Json = {};
  try {
    json = JSON.parse(text) as Json;
  } catch {
    fail('it is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail('it is not a JSON object');
  const ours = json.llm_config as Json | undefined;
  if (ours) {
    const { version, ...rest } = ours;
    if (version !== 1) fail(`its llm_config has version ${String(version)}, this package reads version 1`);
    const config = {
      ...rest,
      logitSoftcap: rest.logitSoftcap ?? undefined,
      rotaryScaling: rest.rotaryScaling ?? undefined,
    } as unknown as ModelConfig;
    checkModelConfig(config);
    return config;
  }
  const family = json.model_type;
  if (family !== 'qwen3' && family !== 'llama')
    fail(`its model_type ${JSON.stringify(family)} is not supported`);
  const number = (key: string, otherwise?: number): number => {
    const value = json[key] ?? otherwise;
    return typeof value === 'number' ? value : (fail(`"${key}" is ${JSON.stringify(value)}`) as never);
  };
  if (json.hidden_act !== undefined && json.hidden_act !== 'silu')
    fail(`its activation ${JSON.stringify(json.hidden_act)} is not supported`);
  const rope = (json.rope_parameters ?? json.rope_scaling ?? {}) as Json;
  const ropeType = rope.rope_type ?? rope.type ?? 'default';
  if (ropeType !== 'default' && ropeType !== 'llama3')
    fail(`its rotary scaling ${JSON.stringify(ropeType)} is not supported`);
  const heads = number('num_attention_heads');
  return createModelConfig({
    vocabularySize: number('vocab_size'),
    contextLength: number('max_position_embeddings'),
    depth: number('num_hidden_layers'),
    width: number('hidden_size'),
    heads,
    keyValueHeads: number('num_key_value_heads', heads),
    headWidth: number('head_dim', number('hidden_size') / heads),
    feedForwardWidth: number('intermediate_size'),
    normalizationEpsilon: number('rms_norm_eps', 1e-6),
    queryKeyNormalization: family === 'qwen3' ? 'rms' : 'none',
    rotaryBase: typeof rope.rope_theta === 'number' ? rope.rope_theta : number('rope_theta', 10_000),
    rotaryScaling:
      ropeType === 'llama3'
        ? {
            type: 'llama3',
            factor: rope.factor as number,
            lowFrequencyFactor: rope.low_freq_factor as number,
            highFrequencyFactor: rope.high_freq_factor as number,
            originalContextLength: rope.original_max_position_embeddings as number,
          }
        : undefined,
    attentionBias: json.attention_bias === true,
    feedForwardBias: json.mlp_bias === true,
    tiedHead: json.tie_word_embeddings === true,
  });
}
