/**
 * Value embeddings of nanochat (after ResFormer, Zhou et al. 2024): a table per layer holds a value vector of
 * every token; a gate per head, 0…3, decides how much of it the head adds to its own.
 */
import { gather, mul, sigmoid, slice, type Tensor } from '@llm/graph';
import { valueGateWidth } from '../config/model-config.js';
import type { LayerNames } from '../weights/parameter-names.js';
import { multiply } from './linear.js';
import type { Parameters } from './parameters.js';

/** What is added: gates [..., keyValueHeads] and vectors [..., keyValueHeads · headWidth]. */
export function valueEmbedding(
  parameters: Parameters,
  names: LayerNames,
  tokens: Tensor,
  x: Tensor,
): { gates: Tensor; vectors: Tensor } {
  const gate = multiply(parameters, `${names.valueGate}.weight`, slice(x, -1, 0, valueGateWidth));
  return {
    gates: mul(sigmoid(gate), 3),
    vectors: gather(parameters.get(`${names.valueEmbedding}.weight`)!, tokens),
  };
}
