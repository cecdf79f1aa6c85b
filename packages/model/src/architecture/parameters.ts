/** The parameters of one graph by checkpoint name, each an input that is fed from shared memory. */
import { constantScalar, type Graph, type Tensor } from '@llm/graph';
import { loraScale, loraScaleName } from '../weights/lora.js';
import type { Architecture } from './architecture.js';
import { quantizedParts } from './quantized-weight.js';

export type Parameters = ReadonlyMap<string, Tensor>;

/** Inputs for every tensor the model has, trained or frozen, and the scale of its adapters. */
export function parameterInputs(graph: Graph, architecture: Architecture): Parameters {
  const { quantized, integerForm } = architecture;
  const parameters = new Map(floatInputs(graph, architecture));
  for (const [name, tensor] of quantized)
    for (const part of quantizedParts(name, tensor, integerForm))
      parameters.set(part.name, graph.input(part.name, part.type, part.shape));
  return parameters;
}

/** The same without weights of integers and without those that stand elsewhere. */
export function floatInputs(
  graph: Graph,
  architecture: Architecture,
  elsewhere: ReadonlySet<string> = new Set(),
): Parameters {
  const { lora } = architecture;
  const parameters = new Map<string, Tensor>();
  for (const [name, shape] of floatParameters(architecture))
    if (!elsewhere.has(name)) parameters.set(name, graph.input(name, 'float32', shape));
  if (lora !== undefined) parameters.set(loraScaleName, constantScalar(graph, loraScale(lora)));
  return parameters;
}

/** Name and shape of every tensor of floats. */
export function floatParameters({
  layout,
  trained,
  quantized,
}: Architecture): Map<string, readonly number[]> {
  const all = [...new Map([...layout, ...trained])].filter(([name]) => !quantized.has(name));
  return new Map(all.map(([name, { shape }]) => [name, shape]));
}
