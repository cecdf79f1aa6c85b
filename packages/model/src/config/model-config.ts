/**
 * What a decoder-only transformer is made of, as one plain object. Left out: mixture of experts, attention
 * sinks.
 */

/** Slow frequencies divided by `factor`, as Llama 3 (Hugging Face `rope_type: "llama3"`). */
export interface Llama3RotaryScaling {
  readonly type: 'llama3';
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalContextLength: number;
}

/** All frequencies divided by `factor` (Chen et al. 2023, position interpolation). */
export interface LinearRotaryScaling {
  readonly type: 'linear';
  readonly factor: number;
}

/**
 * YaRN (Peng et al. 2023): pairs that turn more than `betaFast` times within the original window keep their
 * frequency, those of fewer than `betaSlow` turns have it divided by `factor`, between them a ramp.
 */
export interface YarnRotaryScaling {
  readonly type: 'yarn';
  readonly factor: number;
  readonly originalContextLength: number;
  /** Turns. The paper has 32. */
  readonly betaFast: number;
  /** Turns. The paper has 1. */
  readonly betaSlow: number;
  /** Whether the ramp begins and ends at whole pairs. The paper does. */
  readonly truncate: boolean;
  /** Factor on cosines and sines, so on scores its square. The paper has 0.1 · ln(factor) + 1. */
  readonly attentionFactor: number;
}

export type RotaryScaling = Llama3RotaryScaling | LinearRotaryScaling | YarnRotaryScaling;

export interface ModelConfig {
  /**
   * Which `model_type` of Hugging Face it is written as, where several compute it; undefined, or one that
   * does not: the first that does.
   */
  readonly family: string | undefined;
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
  /**
   * down(h), h of `swiglu`: silu(gate x) · up x, `gegluTanh`: gelu(gate x) · up x, `reluSquared`: relu(up
   * x)², `gelu`, `geluTanh`: gelu(up x).
   */
  readonly feedForward: 'swiglu' | 'gegluTanh' | 'reluSquared' | 'gelu' | 'geluTanh';
  /** `rms` with a weight, `rmsPlain` without parameters, `layer` with weight and bias. */
  readonly normalization: 'rms' | 'rmsPlain' | 'layer';
  readonly normalizationEpsilon: number;
  /** The gain of an RMS norm is this plus its weight: 1 in Gemma, otherwise 0. */
  readonly normalizationOffset: 0 | 1;
  /**
   * Where attention and feed-forward have a norm: `before` on what they read, `after` on what they add to the
   * residual stream (OLMo 2), `both` (Gemma). The final norm is always there.
   */
  readonly normPlacement: 'before' | 'after' | 'both';
  /**
   * Normalise queries and keys before the rotation: each head, with a weight [headWidth] (`rms`) or none
   * (`rmsPlain`), or all heads of a token as one vector, with weights [heads · headWidth] and
   * [keyValueHeads · headWidth] (`rmsWide`, OLMo 2).
   */
  readonly queryKeyNormalization: 'none' | 'rms' | 'rmsPlain' | 'rmsWide';
  /** nanochat normalises after the rotation, Qwen3 before it; without a weight that is the same. */
  readonly queryKeyScale: number;
  /** Scores are queries · keys times this; undefined: 1 / √headWidth. */
  readonly attentionScale: number | undefined;
  /** scores = cap · tanh(scores / cap), before the mask; undefined: none. */
  readonly attentionLogitSoftcap: number | undefined;
  /** In windowed layers a token sees so many tokens up to itself; undefined: all. */
  readonly attentionWindow: number | undefined;
  /**
   * Which layers have the window: layer i has it when entry i modulo the length is true, so [true] is every
   * layer and [true, true, true, true, true, false] five of six (Gemma 3). [true] where there is no window.
   */
  readonly windowedLayers: readonly boolean[];
  /** Rotate half (GPT-NeoX, Llama, Qwen) or a learned vector per position (GPT-2). */
  readonly positions: 'rotary' | 'learned';
  /** Pair i of a head of w elements turns by base^(−2 i / w) a position, before `rotaryScaling`. */
  readonly rotaryBase: number;
  readonly rotaryScaling: RotaryScaling | undefined;
  /** In windowed layers this base, unscaled, takes the place of the two (Gemma 3); undefined: it does not. */
  readonly localRotaryBase: number | undefined;
  /** The first so many elements of a head turn, the others stay; even; undefined: all (Phi-4-mini: 3/4). */
  readonly rotaryWidth: number | undefined;
  /** Which layers turn queries and keys, as in `windowedLayers` (SmolLM3: three of four). */
  readonly rotatedLayers: readonly boolean[];
  /** Factor on the embedding of a token: √width in Gemma, otherwise 1. A tied head is without it. */
  readonly embeddingScale: number;
  /** Normalise the embedding before the first layer (nanochat). */
  readonly embeddingNormalization: boolean;
  /** Biases of the query, key and value projections. */
  readonly attentionBias: boolean;
  readonly attentionOutputBias: boolean;
  readonly feedForwardBias: boolean;
  /** The output head is the embedding table. */
  readonly tiedHead: boolean;
  /** logits = cap · tanh(logits / cap); undefined: none. */
  readonly logitSoftcap: number | undefined;
  /** Every second layer, the last too, adds a table's vector of the token to its values, gated (nanochat). */
  readonly valueEmbeddings: boolean;
  /** Adds a gated share of the previous token's embedding to each embedding (nanochat). */
  readonly smear: boolean;
  /** Each layer begins with a learned mix of the residual stream and the embedding (nanochat). */
  readonly residualScalars: boolean;
  /**
   * A head of one number beside that of the vocabulary, `score.weight` as in Hugging Face's sequence
   * classification: a reward model or a critic. Default false.
   */
  readonly scalarHead?: boolean | undefined;
  /** Takes a learned share of the stream after the middle layer away before the final norm (nanochat). */
  readonly backout: boolean;
}

/** Channels of the stream that the gates of nanochat look at. */
export const valueGateWidth = 12;
export const smearGateWidth = 24;
