/** The parameter tensors of one graph by checkpoint name; each is a graph input that is fed from shared memory. */
import type { Graph, Tensor } from '@llm/graph';
import type { ModelConfig } from '../model-config.js';
import { parameterLayout } from '../parameter-layout.js';

export type Parameters = ReadonlyMap<string, Tensor>;

export function parameterInputs(graph: Graph, config: ModelConfig): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape }] of parameterLayout(config))
    parameters.set(name, graph.input(name, 'float32', shape));
  return parameters;
}
