/** The normalisation a configuration asks for, over the last axis. */
import { add, layerNormalization, rmsNormalization, type Tensor } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';
import type { Parameters } from './parameters.js';

/** `name` without `.weight`. */
export function normalize(config: ModelConfig, parameters: Parameters, name: string, x: Tensor): Tensor {
  if (config.normalization !== 'layer') return normalizeByRms(config, parameters, name, x);
  const [weight, bias] = [parameters.get(`${name}.weight`), parameters.get(`${name}.bias`)];
  return layerNormalization(x, weight, bias, config.normalizationEpsilon);
}

/** By root mean square, with a gain where there is a weight of that name. */
export function normalizeByRms(
  { normalizationEpsilon, normalizationOffset }: ModelConfig,
  parameters: Parameters,
  name: string,
  x: Tensor,
): Tensor {
  const weight = parameters.get(`${name}.weight`);
  const gain = weight !== undefined && normalizationOffset !== 0 ? add(weight, normalizationOffset) : weight;
  return rmsNormalization(x, gain, normalizationEpsilon);
}

/** What attention or feed-forward reads. */
export function normalizeBefore(
  config: ModelConfig,
  parameters: Parameters,
  name: string,
  x: Tensor,
): Tensor {
  return config.normPlacement === 'after' ? x : normalize(config, parameters, name, x);
}

/** What attention or feed-forward adds to the residual stream. */
export function normalizeAfter(config: ModelConfig, parameters: Parameters, name: string, x: Tensor): Tensor {
  return config.normPlacement === 'before' ? x : normalize(config, parameters, name, x);
}
