/** The parameters of one graph by checkpoint name, each an input that is fed from shared memory. */
import { constantScalar, type Graph, type Tensor } from '@llm/graph';
import { loraScale, loraScaleName } from '../weights/lora.js';
import type { Architecture } from './architecture.js';

export type Parameters = ReadonlyMap<string, Tensor>;

/** Inputs for every tensor the model has, trained or frozen, and the scale of its adapters. */
export function parameterInputs(graph: Graph, { layout, trained, lora }: Architecture): Parameters {
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape }] of new Map([...layout, ...trained]))
    parameters.set(name, graph.input(name, 'float32', shape));
  if (lora !== undefined) parameters.set(loraScaleName, constantScalar(graph, loraScale(lora)));
  return parameters;
}
