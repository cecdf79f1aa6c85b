/** The sizes of a rotary decoder under the keys that its architectures share. */
import { turnedWidth } from '../../attention/rotary-positions.js';
import type { ModelConfigOptions } from '../../config/create-model-config.js';
import type { ModelConfig } from '../../config/model-config.js';
import type { GgufWriter } from '../gguf-writer.js';
import type { MetadataReader } from '../reading/metadata-reader.js';
import { readRotaryScaling, writeRotaryScaling } from './rotary-scaling.js';

/** What no architecture here computes. */
const unsupported = {
  expert_count: 0,
  use_parallel_residual: false,
  'attention.causal': true,
  'attention.scale': 0,
  'attention.clamp_kqv': 0,
  'attention.max_alibi_bias': 0,
  logit_scale: 0,
  embedding_scale: 0,
  residual_scale: 0,
  attn_logit_softcapping: 0,
  final_logit_softcapping: 0,
  'attention.sliding_window': 0,
};

interface DecoderDefaults {
  /** Default 10,000. */
  readonly rotaryBase?: number | undefined;
  /** Keys that the architecture reads itself; elsewhere what they say is refused. */
  readonly reads?: readonly (keyof typeof unsupported | 'rope.dimension_count')[] | undefined;
}

/** Throws `model/gguf-unsupported` where they say what is not computed here. */
export function readDecoderSizes(
  keys: MetadataReader,
  vocabularySize: number,
  { rotaryBase = 10_000, reads = [] }: DecoderDefaults = {},
): ModelConfigOptions {
  const others = Object.entries(unsupported).filter(([key]) => !reads.some((own) => own === key));
  keys.require(Object.fromEntries(others));
  const heads = keys.number('attention.head_count');
  const width = keys.number('embedding_length');
  const headWidth = keys.number('attention.key_length', width / heads);
  keys.require({ 'attention.value_length': headWidth });
  if (!reads.includes('rope.dimension_count')) keys.require({ 'rope.dimension_count': headWidth });
  return {
    vocabularySize,
    contextLength: keys.number('context_length'),
    depth: keys.number('block_count'),
    width,
    heads,
    keyValueHeads: keys.number('attention.head_count_kv', heads),
    headWidth,
    feedForwardWidth: keys.number('feed_forward_length'),
    normalizationEpsilon: keys.decimal('attention.layer_norm_rms_epsilon'),
    rotaryBase: keys.decimal('rope.freq_base', rotaryBase),
    rotaryScaling: readRotaryScaling(keys),
    queryKeyNormalization: 'none',
    attentionBias: keys.hasTensor('blk.0.attn_q.bias'),
    attentionOutputBias: keys.hasTensor('blk.0.attn_output.bias'),
    feedForwardBias: keys.hasTensor('blk.0.ffn_up.bias'),
    tiedHead: !keys.hasTensor('output.weight'),
  };
}

export function writeDecoderSizes(file: GgufWriter, architecture: string, config: ModelConfig): void {
  const key = (name: string): string => `${architecture}.${name}`;
  file.uint32(key('context_length'), config.contextLength);
  file.uint32(key('embedding_length'), config.width);
  file.uint32(key('block_count'), config.depth);
  file.uint32(key('feed_forward_length'), config.feedForwardWidth);
  file.uint32(key('attention.head_count'), config.heads);
  file.uint32(key('vocab_size'), config.vocabularySize);
  file.uint32(key('attention.head_count_kv'), config.keyValueHeads);
  file.uint32(key('attention.key_length'), config.headWidth);
  file.uint32(key('attention.value_length'), config.headWidth);
  file.uint32(key('rope.dimension_count'), turnedWidth(config));
  file.float32(key('attention.layer_norm_rms_epsilon'), config.normalizationEpsilon);
  file.float32(key('rope.freq_base'), config.rotaryBase);
  writeRotaryScaling(file, architecture, config.rotaryScaling);
}
