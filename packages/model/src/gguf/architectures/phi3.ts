/**
 * Phi-3 and Phi-4: queries, keys and values in one matrix, gate and up in another, heads that turn in part.
 * The window that files of the first ones name is kept, as in transformers; llama.cpp computes without it, so
 * none is written. Left out: longrope.
 */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';

export const phi3: GgufArchitecture = {
  name: 'phi3',
  families: ['phi3'],
  refuses: ({ attentionWindow, heads, headWidth, width }) => {
    if (attentionWindow !== undefined) return 'its Phi-3 has no window';
    return heads * headWidth === width
      ? undefined
      : 'its Phi-3 has heads that are together as wide as the model';
  },
  read: (keys, vocabularySize) => {
    if (keys.hasTensor('rope_factors_long.weight'))
      keys.fail('its rotary scaling is longrope, which is not supported');
    const sizes = readDecoderSizes(keys, vocabularySize, {
      reads: ['attention.sliding_window', 'rope.dimension_count'],
    });
    const window = keys.number('attention.sliding_window', 0);
    const turned = keys.number('rope.dimension_count', sizes.headWidth);
    return createModelConfig({
      ...sizes,
      attentionWindow: window === 0 ? undefined : window,
      rotaryWidth: turned === sizes.headWidth ? undefined : turned,
    });
  },
  write: (file, config) => writeDecoderSizes(file, 'phi3', config),
  tensors: (config) => decoderTensors(config, { joinsAttention: true, joinsFeedForward: true }),
};
