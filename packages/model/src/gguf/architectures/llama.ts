/** Llama 2 and 3, SmolLM 1 and 2; llama.cpp rotates neighbours and takes biases where the file has them. */
import { createModelConfig } from '../../config/create-model-config.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';
import { refusedScaling } from './rotary-scaling.js';

export const llama: GgufArchitecture = {
  name: 'llama',
  families: ['llama', 'mistral'],
  refuses: ({ attentionWindow, rotaryScaling }) =>
    attentionWindow === undefined ? refusedScaling(rotaryScaling) : 'its Llama has no window',
  read: (keys, vocabularySize) => createModelConfig(readDecoderSizes(keys, vocabularySize)),
  write: (file, config) => writeDecoderSizes(file, 'llama', config),
  tensors: (config) => decoderTensors(config, { rotatesNeighbours: true }),
};
