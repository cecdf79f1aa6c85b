/**
 * Names of a model's tensors: those of Hugging Face Llama/Qwen3 checkpoints, and for what those have not
 * (learned positions, the parts of nanochat) names of the same style. Layers that may have a bias are without
 * `.weight`.
 */
export const embeddingName = 'model.embed_tokens.weight';
export const positionName = 'model.embed_positions.weight';
export const headName = 'lm_head.weight';
export const finalNormName = 'model.norm';
export const smearGateName = 'model.smear_gate.weight';
export const smearScalarName = 'model.smear_scalar';
export const residualScalarsName = 'model.residual_scalars';
export const embeddingScalarsName = 'model.embedding_scalars';
export const backoutScalarName = 'model.backout_scalar';

/** The scalar head, named as in Hugging Face's `…ForSequenceClassification`. */
export const scoreName = 'score.weight';

/** What the name of every tensor of a layer begins with. */
export const layerPrefix = (layer: number): string => `model.layers.${layer}.`;

export type LayerNames = ReturnType<typeof layerNames>;

/** The parts of one layer. */
export function layerNames(layer: number) {
  const attention = `${layerPrefix(layer)}self_attn.`;
  const feedForward = `${layerPrefix(layer)}mlp.`;
  return {
    attentionNorm: `${layerPrefix(layer)}input_layernorm`,
    query: `${attention}q_proj`,
    key: `${attention}k_proj`,
    value: `${attention}v_proj`,
    attentionOutput: `${attention}o_proj`,
    queryNorm: `${attention}q_norm`,
    keyNorm: `${attention}k_norm`,
    valueEmbedding: `${attention}value_embedding`,
    valueGate: `${attention}value_gate`,
    // After the two blocks, where no family agrees with another on names.
    attentionOutputNorm: `${layerPrefix(layer)}attention_output_layernorm`,
    feedForwardNorm: `${layerPrefix(layer)}post_attention_layernorm`,
    feedForwardOutputNorm: `${layerPrefix(layer)}feedforward_output_layernorm`,
    gate: `${feedForward}gate_proj`,
    up: `${feedForward}up_proj`,
    down: `${feedForward}down_proj`,
  };
}
