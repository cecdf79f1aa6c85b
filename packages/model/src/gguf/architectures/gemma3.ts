/**
 * Gemma 3 (text). llama.cpp knows by the architecture's name that five of six layers have the window and turn
 * by base 10,000 there, and that embeddings are scaled by √width; its files have the ones of the norms' gains
 * added to their weights. Read, not written.
 */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';

/** The largest one divides scores by another number than the width of its heads. */
const largestDepth = 62;

export const gemma3: GgufArchitecture = {
  name: 'gemma3',
  families: [],
  refuses: () => undefined,
  read: (keys, vocabularySize) => {
    const window = keys.number('attention.sliding_window', 0);
    const { depth = 0, ...sizes } = readDecoderSizes(keys, vocabularySize, {
      rotaryBase: 1_000_000,
      isWindowRead: true,
    });
    if (depth >= largestDepth) keys.fail(`Gemma 3 of ${depth} layers scales its scores otherwise`);
    return createModelConfig({
      ...sizes,
      depth,
      feedForward: 'gegluTanh',
      normPlacement: 'both',
      queryKeyNormalization: 'rms',
      embeddingScale: Math.sqrt(sizes.width!),
      attentionWindow: window === 0 ? undefined : window,
      windowedLayers: window === 0 ? undefined : [true, true, true, true, true, false],
      localRotaryBase: window === 0 ? undefined : keys.decimal('rope.freq_base_swa', 10_000),
    });
  },
  write: () => undefined,
  tensors: (config) => decoderTensors(config, { hasOutputNorms: true }),
};
