/** Qwen 3: queries and keys are normalised, and there are no biases. */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';
import { refusedScaling } from './rotary-scaling.js';

export const qwen3: GgufArchitecture = {
  name: 'qwen3',
  families: ['qwen3'],
  refuses: ({ attentionBias, attentionWindow, rotaryScaling }) => {
    if (attentionBias) return 'its Qwen3 has no biases';
    if (attentionWindow !== undefined) return 'its Qwen3 has no window';
    return rotaryScaling?.type === 'llama3'
      ? "its Qwen3 has no rotary scaling of Llama 3's"
      : refusedScaling(rotaryScaling);
  },
  read: (keys, vocabularySize) =>
    createModelConfig({ ...readDecoderSizes(keys, vocabularySize), queryKeyNormalization: 'rms' }),
  write: (file, config) => writeDecoderSizes(file, 'qwen3', config),
  tensors: (config) => decoderTensors(config, {}),
};
