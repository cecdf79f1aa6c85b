/** SmolLM3: llama.cpp knows by the name that every fourth layer does not turn its heads. */
import { createModelConfig } from '../../config/create-model-config.js';
import { inPattern } from '../../config/layer-patterns.js';
import { readDecoderSizes, writeDecoderSizes } from './decoder-keys.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GgufArchitecture } from './gguf-architecture.js';
import { refusedScaling } from './rotary-scaling.js';

const turned = (layer: number): boolean => (layer + 1) % 4 !== 0;

export const smolLm3: GgufArchitecture = {
  name: 'smollm3',
  families: ['smollm3'],
  refuses: (config) => {
    const { attentionBias, feedForwardBias, attentionWindow, rotatedLayers, depth, rotaryScaling } = config;
    if (attentionBias || feedForwardBias) return 'its SmolLM3 has no biases';
    if (attentionWindow !== undefined) return 'its SmolLM3 has no window';
    for (let layer = 0; layer < depth; layer++)
      if (inPattern(rotatedLayers, layer) !== turned(layer))
        return `its SmolLM3 turns the heads of all layers but every fourth, and this model's layer ${layer} is another`;
    return rotaryScaling?.type === 'llama3'
      ? "its SmolLM3 has no rotary scaling of Llama 3's"
      : refusedScaling(rotaryScaling);
  },
  read: (keys, vocabularySize) => {
    const sizes = readDecoderSizes(keys, vocabularySize);
    const rotatedLayers = [0, 1, 2, 3].slice(0, Math.max(1, sizes.depth!)).map(turned);
    return createModelConfig({ ...sizes, rotatedLayers });
  },
  write: (file, config) => writeDecoderSizes(file, 'smollm3', config),
  tensors: (config) => decoderTensors(config, { rotatesNeighbours: true }),
};
