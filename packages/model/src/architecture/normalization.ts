/** The normalisation a configuration asks for, over the last axis. */
import { layerNormalization, rmsNormalization, type Tensor } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';
import type { Parameters } from './parameters.js';

/** `name` without `.weight`. */
export function normalize(config: ModelConfig, parameters: Parameters, name: string, x: Tensor): Tensor {
  const weight = parameters.get(`${name}.weight`);
  if (config.normalization === 'layer')
    return layerNormalization(x, weight, parameters.get(`${name}.bias`), config.normalizationEpsilon);
  return rmsNormalization(x, weight, config.normalizationEpsilon);
}
