/** Qwen 2 and 2.5: biases on queries, keys and values. */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';

export const qwen2: GgufArchitecture = {
  name: 'qwen2',
  family: 'qwen2',
  refuses: (config) => {
    if (config.attentionWindow !== undefined) return 'its Qwen2 has no windows';
    return config.rotaryScaling ? 'its Qwen2 has no rotary scaling' : undefined;
  },
  read: (keys, vocabularySize) => createModelConfig(readDecoderSizes(keys, vocabularySize)),
  write: (file, config) => writeDecoderSizes(file, 'qwen2', config),
  tensors: (config) => decoderTensors(config, {}),
};
