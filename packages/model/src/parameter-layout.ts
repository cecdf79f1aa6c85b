/**
 * Which tensors a configuration has, under the names and in the layout of Hugging Face Llama/Qwen3 checkpoints:
 * linear weights are [out, in]. The order is the order in checkpoints.
 */
import type { ModelConfig } from './model-config.js';

/** What an optimizer needs to know: matrices decay and suit Muon; tables, vectors and LoRA's factors do neither. */
export type ParameterRole = 'matrix' | 'embedding' | 'head' | 'scale' | 'bias' | 'adapter';

export interface ParameterLayout {
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  /** How it starts: uniform ±√3·deviation for matrices, normal for tables; 0 is zeros; scales start at one. */
  readonly deviation: number;
}

export const embeddingName = 'model.embed_tokens.weight';
export const positionName = 'model.embed_positions.weight';
export const headName = 'lm_head.weight';
export const finalNormName = 'model.norm';
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
    layout.set(`${name}.weight`, { shape: [width], role: 'scale', deviation: 0 });
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
  for (let layer = 0; layer < config.depth; layer++) {
    const name = (part: string): string => layerName(layer, part);
    norm(name('input_layernorm'));
    linear(name('self_attn.q_proj'), queryWidth, width, config.attentionBias, spread);
    linear(name('self_attn.k_proj'), keyValueWidth, width, config.attentionBias, spread);
    linear(name('self_attn.v_proj'), keyValueWidth, width, config.attentionBias, spread);
    // Projections back into the residual stream start at zero, so that a new model is its embedding (nanochat).
    linear(name('self_attn.o_proj'), width, queryWidth, config.attentionOutputBias, 0);
    if (config.queryKeyNormalization === 'rms') {
      layout.set(name('self_attn.q_norm.weight'), { shape: [headWidth], role: 'scale', deviation: 0 });
      layout.set(name('self_attn.k_norm.weight'), { shape: [headWidth], role: 'scale', deviation: 0 });
    }
    norm(name('post_attention_layernorm'));
    if (config.feedForward === 'swiglu')
      linear(name('mlp.gate_proj'), config.feedForwardWidth, width, config.feedForwardBias, spread);
    linear(name('mlp.up_proj'), config.feedForwardWidth, width, config.feedForwardBias, spread);
    linear(name('mlp.down_proj'), width, config.feedForwardWidth, config.feedForwardBias, 0);
  }
  norm(finalNormName);
  if (!config.tiedHead)
    layout.set(headName, { shape: [config.vocabularySize, width], role: 'head', deviation: 0.001 });
  return layout;
}

/** Numbers in all parameters together. */
export function parameterCount(config: ModelConfig): number {
  let count = 0;
  for (const { shape } of parameterLayout(config).values()) count += shape.reduce((a, b) => a * b, 1);
  return count;
}
