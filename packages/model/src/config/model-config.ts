/**
 * What a decoder-only transformer is made of, as one plain object. `createModelConfig` turns a single dial,
 * `depth`, into a whole model (after nanochat: heads = depth, width = 64 · depth); everything can be overridden.
 * The defaults are exactly the Qwen3 architecture, so a trained model opens in Hugging Face transformers, vLLM,
 * llama.cpp and transformers.js without conversion. Left out: mixture of experts, sliding windows, attention sinks.
 */
import { LlmError } from '@llm/core';

/** Llama-3's frequency scaling for longer windows (Hugging Face `rope_type: "llama3"`). */
export interface Llama3RotaryScaling {
  readonly type: 'llama3';
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalContextLength: number;
}

export interface ModelConfig {
  /** Rows of the embedding table. */
  readonly vocabularySize: number;
  /** Longest sequence in tokens. */
  readonly contextLength: number;
  /** Number of layers. */
  readonly depth: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Query heads. */
  readonly heads: number;
  /** Key/value heads; divides `heads` (grouped-query attention). */
  readonly keyValueHeads: number;
  /** Width of one head; even. */
  readonly headWidth: number;
  /** Hidden width of the feed-forward block. */
  readonly feedForwardWidth: number;
  /** `swiglu`: down(silu(gate x) · up x); `reluSquared`: down(relu(up x)²); `gelu` and `geluTanh`: down(gelu(up x)). */
  readonly feedForward: 'swiglu' | 'reluSquared' | 'gelu' | 'geluTanh';
  /** `rms` with a weight, `rmsPlain` without parameters, `layer` with weight and bias. */
  readonly normalization: 'rms' | 'rmsPlain' | 'layer';
  readonly normalizationEpsilon: number;
  /** Normalise each query and key head before the rotation: `rms` has a weight [headWidth]. */
  readonly queryKeyNormalization: 'none' | 'rms' | 'rmsPlain';
  /** nanochat normalises after the rotation, Qwen3 before it. Without a weight the two are the same function. */
  readonly queryKeyScale: number;
  /** Rotate half (GPT-NeoX, Llama, Qwen) or a learned vector per position (GPT-2). */
  readonly positions: 'rotary' | 'learned';
  readonly rotaryBase: number;
  readonly rotaryScaling: Llama3RotaryScaling | undefined;
  /** Normalise the embedding before the first layer (nanochat). */
  readonly embeddingNormalization: boolean;
  readonly attentionBias: boolean;
  readonly attentionOutputBias: boolean;
  readonly feedForwardBias: boolean;
  /** The output head is the embedding table. */
  readonly tiedHead: boolean;
  /** logits = cap · tanh(logits / cap); undefined: none. */
  readonly logitSoftcap: number | undefined;
  /** Every second layer, the last included, adds a table's vector of the token to its values, gated per head (nanochat). */
  readonly valueEmbeddings: boolean;
  /** Adds a gated share of the previous token's embedding to each embedding (nanochat). */
  readonly smear: boolean;
  /** Each layer begins with a learned mix of the residual stream and the embedding (nanochat). */
  readonly residualScalars: boolean;
  /** Takes a learned share of the stream after the middle layer away before the final norm (nanochat). */
  readonly backout: boolean;
}

export type ModelConfigOptions = Pick<ModelConfig, 'vocabularySize' | 'contextLength'> & Partial<ModelConfig>;

const headWidthOfDial = 64;

/**
 * nanochat at commit 92d63d4 (July 2026), to spread into `createModelConfig`; its sliding windows are left out, and its
 * heads are 128 wide (`headWidth`) where the dial gives 64.
 */
export const nanochatStyle = {
  feedForward: 'reluSquared',
  normalization: 'rmsPlain',
  // What torch's rms_norm adds when it is given nothing: the distance from one to the next float32.
  normalizationEpsilon: 2 ** -23,
  queryKeyNormalization: 'rmsPlain',
  queryKeyScale: 1.2,
  rotaryBase: 100_000,
  embeddingNormalization: true,
  logitSoftcap: 15,
  valueEmbeddings: true,
  smear: true,
  residualScalars: true,
  backout: true,
} as const satisfies Partial<ModelConfig>;

/** Channels of the stream that the gates of nanochat look at. */
export const valueGateWidth = 12;
export const smearGateWidth = 24;

/** Fills in everything that was not given from `depth` (default 4). Throws `model/config-invalid`. */
export function createModelConfig(options: ModelConfigOptions): ModelConfig {
  const depth = options.depth ?? 4;
  const width = options.width ?? headWidthOfDial * depth;
  const headWidth =
    options.headWidth ?? (options.heads ? width / options.heads : Math.min(headWidthOfDial, width));
  const heads = options.heads ?? Math.max(1, Math.floor(width / headWidth));
  const feedForward = options.feedForward ?? 'swiglu';
  const config: ModelConfig = {
    vocabularySize: options.vocabularySize,
    contextLength: options.contextLength,
    depth,
    width,
    heads,
    keyValueHeads: options.keyValueHeads ?? heads,
    headWidth,
    // Two matrices of 4 · width, or three of 8/3 · width: the same number of parameters.
    feedForwardWidth:
      options.feedForwardWidth ?? (feedForward === 'swiglu' ? Math.ceil(width / 24) * 64 : 4 * width),
    feedForward,
    normalization: options.normalization ?? 'rms',
    normalizationEpsilon: options.normalizationEpsilon ?? 1e-6,
    queryKeyNormalization: options.queryKeyNormalization ?? 'rms',
    queryKeyScale: options.queryKeyScale ?? 1,
    positions: options.positions ?? 'rotary',
    rotaryBase: options.rotaryBase ?? 10_000,
    rotaryScaling: options.rotaryScaling,
    embeddingNormalization: options.embeddingNormalization ?? false,
    attentionBias: options.attentionBias ?? false,
    attentionOutputBias: options.attentionOutputBias ?? options.attentionBias ?? false,
    feedForwardBias: options.feedForwardBias ?? false,
    tiedHead: options.tiedHead ?? false,
    logitSoftcap: options.logitSoftcap,
    valueEmbeddings: options.valueEmbeddings ?? false,
    smear: options.smear ?? false,
    residualScalars: options.residualScalars ?? false,
    backout: options.backout ?? false,
  };
  checkModelConfig(config);
  return config;
}

const sizes = [
  'vocabularySize',
  'contextLength',
  'depth',
  'width',
  'heads',
  'keyValueHeads',
  'headWidth',
  'feedForwardWidth',
] as const;

const choices: { readonly [Field in keyof ModelConfig]?: readonly ModelConfig[Field][] } = {
  feedForward: ['swiglu', 'reluSquared', 'gelu', 'geluTanh'],
  normalization: ['rms', 'rmsPlain', 'layer'],
  queryKeyNormalization: ['none', 'rms', 'rmsPlain'],
  positions: ['rotary', 'learned'],
};

/** Throws `model/config-invalid` naming the field, its value and what it must be: a configuration may come from a file. */
export function checkModelConfig(config: ModelConfig): void {
  const fail = (field: keyof ModelConfig, must: string): never => {
    throw new LlmError({
      code: 'model/config-invalid',
      message: `The model's ${field} is ${String(config[field])}; it must be ${must}.`,
      details: { field, value: String(config[field]) },
    });
  };
  for (const field of sizes) {
    const value = config[field];
    if (!Number.isSafeInteger(value) || value < 1 || value > 2 ** 31 - 1) fail(field, 'a positive integer');
  }
  for (const [field, allowed] of Object.entries(choices) as [keyof ModelConfig, readonly unknown[]][])
    if (!allowed.includes(config[field])) fail(field, `one of ${allowed.join(', ')}`);
  const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;
  if (config.heads % config.keyValueHeads !== 0)
    fail('keyValueHeads', `a divisor of the ${config.heads} heads`);
  if (config.positions === 'rotary' && config.headWidth % 2 !== 0)
    fail('headWidth', 'even for rotary positions');
  if (!isPositive(config.normalizationEpsilon)) fail('normalizationEpsilon', 'positive');
  if (!isPositive(config.rotaryBase)) fail('rotaryBase', 'positive');
  if (config.logitSoftcap !== undefined && !isPositive(config.logitSoftcap))
    fail('logitSoftcap', 'positive, or undefined for none');
  if (config.smear && config.width < smearGateWidth) fail('width', `at least ${smearGateWidth} for smear`);
  if (config.valueEmbeddings && config.width < valueGateWidth)
    fail('width', `at least ${valueGateWidth} for value embeddings`);
}
