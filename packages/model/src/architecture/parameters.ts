/** The parameter tensors of one graph by checkpoint name; each is a graph input that is fed from shared memory. */
import { constantScalar, type Graph, type Tensor } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';
import { type LoraConfig, loraLayout, loraScale, loraScaleName } from '../weights/lora.js';
import { type ParameterLayout, parameterLayout } from '../weights/parameter-layout.js';

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

/** Every tensor the model has, trained or frozen. */
function wholeLayout({ config, lora }: Architecture): [string, ParameterLayout][] {
  return [...parameterLayout(config), ...(lora ? loraLayout(config, lora) : [])];
}

export function parameterInputs(graph: Graph, architecture: Architecture): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape }] of wholeLayout(architecture))
    parameters.set(name, graph.input(name, 'float32', shape));
  if (architecture.lora) parameters.set(loraScaleName, constantScalar(graph, loraScale(architecture.lora)));
  return parameters;
}
