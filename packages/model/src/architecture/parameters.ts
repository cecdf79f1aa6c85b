/** The parameter tensors of one graph by checkpoint name; each is a graph input that is fed from shared memory. */
import { constantScalar, type Graph, type Tensor } from '@llm/graph';
import { type LoraConfig, loraLayout, loraScale, loraScaleName } from '../lora.js';
import type { ModelConfig } from '../model-config.js';
import { type ParameterLayout, parameterLayout } from '../parameter-layout.js';
import { transposedName } from './linear.js';

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
  return withScale(graph, architecture, parameters);
}

/** The weights that `decodingInputs` takes as [in, out]. */
export function transposedWeights(architecture: Architecture): string[] {
  return wholeLayout(architecture).flatMap(([name, { role }]) =>
    role === 'matrix' || role === 'head' || role === 'adapter' ? [name] : [],
  );
}

/**
 * Like `parameterInputs`, but matrices are inputs of shape [in, out] under their `transposedName`: one token times a matrix
 * that is not transposed is a plain vector product, where the runtime would otherwise repack the matrix at every token.
 */
export function decodingInputs(graph: Graph, architecture: Architecture): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  const transposed = new Set(transposedWeights(architecture));
  for (const [name, { shape }] of wholeLayout(architecture)) {
    const key = transposed.has(name) ? transposedName(name) : name;
    parameters.set(key, graph.input(key, 'float32', transposed.has(name) ? [...shape].reverse() : shape));
  }
  return withScale(graph, architecture, parameters);
}

function withScale(
  graph: Graph,
  { lora }: Architecture,
  parameters: Map<string, Tensor>,
): Map<string, Tensor> {
  if (lora) parameters.set(loraScaleName, constantScalar(graph, loraScale(lora)));
  return parameters;
}
