/** Qwen 3: queries and keys are normalised, and there are no biases. */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';

export const qwen3: GgufArchitecture = {
  name: 'qwen3',
  family: 'qwen3',
  refuses: (config) => {
    if (config.attentionBias) return 'its Qwen3 has no biases';
    if (config.attentionWindow !== undefined) return 'its Qwen3 has no windows';
    return config.rotaryScaling ? 'its Qwen3 has no rotary scaling' : undefined;
  },
  read: (keys, vocabularySize) =>
    createModelConfig({ ...readDecoderSizes(keys, vocabularySize), queryKeyNormalization: 'rms' }),
  write: (file, config) => writeDecoderSizes(file, 'qwen3', config),
  tensors: (config) => decoderTensors(config, {}),
};
