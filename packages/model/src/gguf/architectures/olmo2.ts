/**
 * OLMo 2: norms after attention and feed-forward, queries and keys normalised as a whole. OLMo 3, whose files
 * have the name too and layers with windows, is left out.
 */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';
import { refusedScaling } from './rotary-scaling.js';

export const olmo2: GgufArchitecture = {
  name: 'olmo2',
  families: ['olmo2'],
  refuses: ({ attentionBias, tiedHead, heads, headWidth, width, rotaryScaling }) => {
    if (attentionBias) return 'its OLMo 2 has no biases';
    if (tiedHead) return 'its OLMo 2 has a head of its own';
    if (heads * headWidth !== width) return 'its OLMo 2 has heads that are together as wide as the model';
    return rotaryScaling?.type === 'llama3'
      ? "its OLMo 2 has no rotary scaling of Llama 3's"
      : refusedScaling(rotaryScaling);
  },
  read: (keys, vocabularySize) =>
    createModelConfig({
      ...readDecoderSizes(keys, vocabularySize),
      normPlacement: 'after',
      queryKeyNormalization: 'rmsWide',
    }),
  write: (file, config) => writeDecoderSizes(file, 'olmo2', config),
  tensors: (config) => decoderTensors(config, { hasOutputNorms: true }),
};
