/**
 * Which tensors a configuration has, under the names and in the layout of Hugging Face Llama/Qwen3 checkpoints:
 * linear weights are [out, in]. The order is the order in checkpoints.
 */
import { type ModelConfig, smearGateWidth, valueGateWidth } from '../config/model-config.js';

/**
 * What an optimizer needs to know: matrices decay and suit Muon; tables, vectors and LoRA's factors do neither.
 * `residualScalar` and `embeddingScalar` are the factors of the stream and of the embedding at each layer, `scalar` those
 * of smear and backout.
 */
export type ParameterRole =
  | 'matrix'
  | 'embedding'
  | 'valueEmbedding'
  | 'head'
  | 'scale'
  | 'bias'
  | 'gate'
  | 'residualScalar'
  | 'embeddingScalar'
  | 'scalar'
  | 'adapter';

export interface ParameterLayout {
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  /** How it starts: normal for `embedding` and `head`, otherwise uniform in mean ± √3 · deviation. */
  readonly deviation: number;
  /** Of all elements, or of each. Default 0. */
  readonly mean?: number | readonly number[] | undefined;
}

export const embeddingName = 'model.embed_tokens.weight';
export const positionName = 'model.embed_positions.weight';
export const headName = 'lm_head.weight';
export const finalNormName = 'model.norm';
export const smearGateName = 'model.smear_gate.weight';
export const smearScalarName = 'model.smear_scalar';
export const residualScalarsName = 'model.residual_scalars';
export const embeddingScalarsName = 'model.embedding_scalars';
export const backoutScalarName = 'model.backout_scalar';
export const layerName = (layer: number, part: string): string => `model.layers.${layer}.${part}`;

/** Parameter name → layout. */
export function parameterLayout(config: ModelConfig): Map<string, ParameterLayout> {
  const layout = new Map<string, ParameterLayout>();
  const { width, headWidth } = config;
  const queryWidth = config.heads * headWidth;
  const keyValueWidth = config.keyValueHeads * headWidth;
  const linear = (name: string, out: number, input: number, bias: boolean, deviation: number): void => {
    layout.set(`${name}.weight`, { shape: [out, input], role: 'matrix', deviation });
    if (bias) layout.set(`${name}.bias`, { shape: [out], role: 'bias', deviation: 0 });
  };
  const norm = (name: string): void => {
    if (config.normalization === 'rmsPlain') return;
    layout.set(`${name}.weight`, { shape: [width], role: 'scale', deviation: 0, mean: 1 });
    if (config.normalization === 'layer')
      layout.set(`${name}.bias`, { shape: [width], role: 'bias', deviation: 0 });
  };

  const spread = 1 / Math.sqrt(width);
  layout.set(embeddingName, {
    shape: [config.vocabularySize, width],
    role: 'embedding',
    deviation: config.tiedHead ? 0.02 : 0.1,
  });
  if (config.positions === 'learned')
    layout.set(positionName, { shape: [config.contextLength, width], role: 'embedding', deviation: 0.02 });
  // nanochat's gates start uniform in 0…0.02, a little open.
  const gate = (shape: readonly number[]): ParameterLayout => ({
    shape,
    role: 'gate',
    deviation: 0.01 / Math.sqrt(3),
    mean: 0.01,
  });
  if (config.smear) {
    layout.set(smearGateName, gate([1, smearGateWidth]));
    layout.set(smearScalarName, { shape: [1], role: 'scalar', deviation: 0 });
  }
  if (config.residualScalars) {
    const shape = [config.depth];
    const falling = (from: number, to: number): number[] =>
      Array.from(
        { length: config.depth },
        (_, layer) => from + ((to - from) * layer) / Math.max(1, config.depth - 1),
      );
    layout.set(residualScalarsName, {
      shape,
      role: 'residualScalar',
      deviation: 0,
      mean: falling(1.15, 1.05),
    });
    layout.set(embeddingScalarsName, {
      shape,
      role: 'embeddingScalar',
      deviation: 0,
      mean: falling(0.2, 0.05),
    });
  }
  for (let layer = 0; layer < config.depth; layer++) {
    const name = (part: string): string => layerName(layer, part);
    norm(name('input_layernorm'));
    linear(name('self_attn.q_proj'), queryWidth, width, config.attentionBias, spread);
    linear(name('self_attn.k_proj'), keyValueWidth, width, config.attentionBias, spread);
    linear(name('self_attn.v_proj'), keyValueWidth, width, config.attentionBias, spread);
    // Projections back into the residual stream start at zero, so that a new model is its embedding (nanochat).
    linear(name('self_attn.o_proj'), width, queryWidth, config.attentionOutputBias, 0);
    if (config.queryKeyNormalization === 'rms') {
      for (const part of ['self_attn.q_norm.weight', 'self_attn.k_norm.weight'])
        layout.set(name(part), { shape: [headWidth], role: 'scale', deviation: 0, mean: 1 });
    }
    if (hasValueEmbedding(config, layer)) {
      layout.set(name('self_attn.value_embedding.weight'), {
        shape: [config.vocabularySize, keyValueWidth],
        role: 'valueEmbedding',
        deviation: spread,
      });
      layout.set(name('self_attn.value_gate.weight'), gate([config.keyValueHeads, valueGateWidth]));
    }
    norm(name('post_attention_layernorm'));
    if (config.feedForward === 'swiglu')
      linear(name('mlp.gate_proj'), config.feedForwardWidth, width, config.feedForwardBias, spread);
    linear(name('mlp.up_proj'), config.feedForwardWidth, width, config.feedForwardBias, spread);
    linear(name('mlp.down_proj'), width, config.feedForwardWidth, config.feedForwardBias, 0);
  }
  if (config.backout) layout.set(backoutScalarName, { shape: [1], role: 'scalar', deviation: 0, mean: 0.2 });
  norm(finalNormName);
  if (!config.tiedHead)
    layout.set(headName, { shape: [config.vocabularySize, width], role: 'head', deviation: 0.001 });
  return layout;
}

/** Every second layer counted from the last. */
export function hasValueEmbedding({ valueEmbeddings, depth }: ModelConfig, layer: number): boolean {
  return valueEmbeddings && (depth - 1 - layer) % 2 === 0;
}

/** Numbers in all parameters together. */
export function parameterCount(config: ModelConfig): number {
  let count = 0;
  for (const { shape } of parameterLayout(config).values()) count += shape.reduce((a, b) => a * b, 1);
  return count;
}
