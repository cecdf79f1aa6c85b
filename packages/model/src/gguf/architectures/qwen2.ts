/** Qwen 2 and 2.5: biases on queries, keys and values. */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';
import { refusedScaling } from './rotary-scaling.js';

export const qwen2: GgufArchitecture = {
  name: 'qwen2',
  families: ['qwen2'],
  refuses: ({ attentionWindow, rotaryScaling }) => {
    if (attentionWindow !== undefined) return 'its Qwen2 has no window';
    return rotaryScaling?.type === 'llama3'
      ? "its Qwen2 has no rotary scaling of Llama 3's"
      : refusedScaling(rotaryScaling);
  },
  read: (keys, vocabularySize) => createModelConfig(readDecoderSizes(keys, vocabularySize)),
  write: (file, config) => writeDecoderSizes(file, 'qwen2', config),
  tensors: (config) => decoderTensors(config, {}),
};
