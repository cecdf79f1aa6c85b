/**
 * What a decoder-only transformer is made of, as one plain object. Left out: mixture of experts, sliding
 * windows, attention sinks.
 */

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
  /**
   * down(h), h of `swiglu`: silu(gate x) · up x, `reluSquared`: relu(up x)², `gelu`, `geluTanh`: gelu(up x).
   */
  readonly feedForward: 'swiglu' | 'reluSquared' | 'gelu' | 'geluTanh';
  /** `rms` with a weight, `rmsPlain` without parameters, `layer` with weight and bias. */
  readonly normalization: 'rms' | 'rmsPlain' | 'layer';
  readonly normalizationEpsilon: number;
  /** Normalise each query and key head before the rotation: `rms` has a weight [headWidth]. */
  readonly queryKeyNormalization: 'none' | 'rms' | 'rmsPlain';
  /** nanochat normalises after the rotation, Qwen3 before it; without a weight that is the same. */
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
  /** Every second layer, the last too, adds a table's vector of the token to its values, gated (nanochat). */
  readonly valueEmbeddings: boolean;
  /** Adds a gated share of the previous token's embedding to each embedding (nanochat). */
  readonly smear: boolean;
  /** Each layer begins with a learned mix of the residual stream and the embedding (nanochat). */
  readonly residualScalars: boolean;
  /** Takes a learned share of the stream after the middle layer away before the final norm (nanochat). */
  readonly backout: boolean;
}

/** Channels of the stream that the gates of nanochat look at. */
export const valueGateWidth = 12;
export const smearGateWidth = 24;
