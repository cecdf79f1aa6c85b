/** llama.cpp's names of a decoder's tensors beside ours. */
import type { ModelConfig } from '../../config/model-config.js';
import {
  embeddingName,
  finalNormName,
  headName,
  type LayerNames,
  layerNames,
  positionName,
} from '../../weights/parameter-names.js';
import type { TensorPlace } from './gguf-architecture.js';

const layerTensors: readonly (readonly [string, readonly (keyof LayerNames)[]])[] = [
  ['attn_norm', ['attentionNorm']],
  ['attn_q', ['query']],
  ['attn_k', ['key']],
  ['attn_v', ['value']],
  ['attn_output', ['attentionOutput']],
  ['attn_q_norm', ['queryNorm']],
  ['attn_k_norm', ['keyNorm']],
  ['ffn_norm', ['feedForwardNorm']],
  ['ffn_gate', ['gate']],
  ['ffn_up', ['up']],
  ['ffn_down', ['down']],
];
const outputNorms: typeof layerTensors = [
  ['post_attention_norm', ['attentionOutputNorm']],
  ['post_ffw_norm', ['feedForwardOutputNorm']],
];
/** Several of ours in one of theirs, which takes the place of `instead`. */
const joinedAttention = { instead: /^attn_[qkv]$/, tensor: ['attn_qkv', ['query', 'key', 'value']] } as const;
const joinedFeedForward = { instead: /^ffn_(gate|up)$/, tensor: ['ffn_up', ['gate', 'up']] } as const;

export interface DecoderTensorOptions {
  /** One matrix of queries, keys and values, as in GPT-2. */
  readonly joinsAttention?: boolean | undefined;
  /** One matrix of the gate and what it gates, as in Phi-3. */
  readonly joinsFeedForward?: boolean | undefined;
  /** llama.cpp rotates neighbouring elements of queries and keys, as in Llama. */
  readonly rotatesNeighbours?: boolean | undefined;
  /** Norms on what attention and feed-forward add to the stream. */
  readonly hasOutputNorms?: boolean | undefined;
}

export function* decoderTensors(
  config: ModelConfig,
  {
    joinsAttention = false,
    joinsFeedForward = false,
    rotatesNeighbours = false,
    hasOutputNorms = false,
  }: DecoderTensorOptions,
): Generator<TensorPlace, void, undefined> {
  const place = (theirs: string, ...ours: string[]): TensorPlace => ({
    theirs,
    ours,
    isInterleaved: rotatesNeighbours && /attn_[qk]\.(weight|bias)$/.test(theirs),
    offset: config.normalizationOffset === 1 && theirs.endsWith('norm.weight') ? 1 : 0,
  });
  yield place('token_embd.weight', embeddingName);
  yield place('position_embd.weight', positionName);
  let parts = hasOutputNorms ? [...layerTensors, ...outputNorms] : layerTensors;
  for (const { instead, tensor } of [
    ...(joinsAttention ? [joinedAttention] : []),
    ...(joinsFeedForward ? [joinedFeedForward] : []),
  ])
    parts = [...parts.filter(([theirs]) => !instead.test(theirs)), tensor];
  for (let layer = 0; layer < config.depth; layer++) {
    const names = layerNames(layer);
    for (const kind of ['weight', 'bias'])
      for (const [theirs, ours] of parts)
        yield place(`blk.${layer}.${theirs}.${kind}`, ...ours.map((part) => `${names[part]}.${kind}`));
  }
  for (const kind of ['weight', 'bias']) yield place(`output_norm.${kind}`, `${finalNormName}.${kind}`);
  yield place('output.weight', headName);
}
