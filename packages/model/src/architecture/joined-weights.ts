/**
 * Layers that read the same input, as one matrix: one long product instead of several short ones. Only where
 * weights are fixed, because there the runtime joins them once, when a session is made.
 */
import { concat } from '@llm/graph';
import { isGated } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { layerNames } from '../weights/parameter-names.js';
import type { Parameters } from './parameters.js';

export const joinedName = (names: readonly string[]): string => `${names.join('+')}.weight`;

/** Linear layers of a block that read the same input. */
export function layersOfOneInput(config: ModelConfig, layer: number): string[][] {
  const { query, key, value, gate, up } = layerNames(layer);
  const groups = [[query, key, value]];
  if (isGated(config)) groups.push([gate, up]);
  return groups;
}

/** Adds the joined weights, [Σ out, in], of those that are floats. */
export function withJoinedWeights(config: ModelConfig, parameters: Parameters): Parameters {
  const joined = new Map(parameters);
  for (let layer = 0; layer < config.depth; layer++) {
    for (const names of layersOfOneInput(config, layer)) {
      const weights = names.flatMap((name) => parameters.get(`${name}.weight`) ?? []);
      if (weights.length === names.length) joined.set(joinedName(names), concat(weights, 0));
    }
  }
  return joined;
}
