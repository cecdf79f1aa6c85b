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

/** Adds the joined weights, [Σ out, in]. */
export function withJoinedWeights(config: ModelConfig, parameters: Parameters): Parameters {
  const joined = new Map(parameters);
  for (let layer = 0; layer < config.depth; layer++) {
    const { query, key, value, gate, up } = layerNames(layer);
    const groups = [[query, key, value]];
    if (isGated(config)) groups.push([gate, up]);
    for (const names of groups) {
      const weights = names.map((name) => parameters.get(`${name}.weight`)!);
      joined.set(joinedName(names), concat(weights, 0));
    }
  }
  return joined;
}
