/** GPT-2: learned positions, LayerNorm, tanh GELU, biases, queries, keys and values in one matrix. */
import { createModelConfig } from '../../config/create-model-config.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';

export const gpt2: GgufArchitecture = {
  name: 'gpt2',
  families: ['gpt2'],
  refuses: (config) => (config.feedForward === 'gelu' ? 'its GPT-2 has tanh GELU' : undefined),
  read: (keys, vocabularySize) =>
    createModelConfig({
      vocabularySize,
      contextLength: keys.number('context_length'),
      depth: keys.number('block_count'),
      width: keys.number('embedding_length'),
      heads: keys.number('attention.head_count'),
      feedForwardWidth: keys.number('feed_forward_length'),
      feedForward: 'geluTanh',
      normalization: 'layer',
      normalizationEpsilon: keys.decimal('attention.layer_norm_epsilon'),
      queryKeyNormalization: 'none',
      positions: 'learned',
      attentionBias: true,
      feedForwardBias: true,
      tiedHead: !keys.hasTensor('output.weight'),
    }),
  write: (file, config) => {
    file.uint32('gpt2.context_length', config.contextLength);
    file.uint32('gpt2.embedding_length', config.width);
    file.uint32('gpt2.block_count', config.depth);
    file.uint32('gpt2.feed_forward_length', config.feedForwardWidth);
    file.uint32('gpt2.attention.head_count', config.heads);
    file.uint32('gpt2.vocab_size', config.vocabularySize);
    file.float32('gpt2.attention.layer_norm_epsilon', config.normalizationEpsilon);
  },
  tensors: (config) => decoderTensors(config, { joinsAttention: true }),
};
