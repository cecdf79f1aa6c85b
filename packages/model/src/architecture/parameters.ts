/** The parameter tensors of one graph by checkpoint name; each is a graph input that is fed from shared memory. */
import { constantScalar, type Graph, type Tensor } from '@llm/graph';
import { type LoraConfig, loraLayout, loraScale, loraScaleName } from '../lora.js';
import type { ModelConfig } from '../model-config.js';
import { type ParameterLayout, parameterLayout } from '../parameter-layout.js';

export type Parameters = ReadonlyMap<string, Tensor>;

/** What a model consists of: the configuration's own tensors, and adapters beside them. */
export interface Architecture {
  readonly config: ModelConfig;
  readonly lora: LoraConfig | undefined;
}

/** The tensors that are trained: the adapters when there are any, otherwise everything. */
export function trainedLayout({ config, lora }: Architecture): Map<string, ParameterLayout> {
  return lora === undefined ? parameterLayout(config) : loraLayout(config, lora);
}

export function parameterInputs(graph: Graph, { config, lora }: Architecture): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  const layout = [...parameterLayout(config), ...(lora ? loraLayout(config, lora) : [])];
  for (const [name, { shape }] of layout) parameters.set(name, graph.input(name, 'float32', shape));
  if (lora) parameters.set(loraScaleName, constantScalar(graph, loraScale(lora)));
  return parameters;
}
