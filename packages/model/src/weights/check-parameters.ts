/** Whether tensors are those of a model, before anything is computed with them. */
import { LlmError } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { type ParameterLayouts, parameterLayout } from './parameter-layout.js';

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Throws `model/parameters-mismatch` unless the tensors are exactly those of the configuration, in name and
 * shape. `from` says where they came from.
 */
export function checkParameters(config: ModelConfig, parameters: Shapes, from: string): void {
  checkLayerCount(config, parameters.size, from);
  checkTensors(parameterLayout(config), parameters, from);
}

/** A layer has a tensor at least: a billion layers are refused before their layout is written down. */
export function checkLayerCount({ depth }: ModelConfig, tensors: number, from: string): void {
  if (depth <= tensors) return;
  throw new LlmError({
    code: 'model/parameters-mismatch',
    message: `The configuration says ${depth} layers, but ${from} has only ${tensors} tensors. Use the config.json that belongs to it.`,
    details: { from, depth, tensors },
  });
}

/** The same for any list of layouts. */
export function checkTensors(layout: ParameterLayouts, parameters: Shapes, from: string): void {
  const problems: string[] = [];
  for (const [name, { shape }] of layout) {
    const found = parameters.get(name);
    if (found === undefined) problems.push(`"${name}" is missing`);
    else if (found.shape.join() !== shape.join())
      problems.push(`"${name}" is [${found.shape.join(', ')}], the configuration says [${shape.join(', ')}]`);
  }
  for (const name of parameters.keys())
    if (!layout.has(name)) problems.push(`"${name}" is not part of this model`);
  if (problems.length === 0) return;
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : '';
  throw new LlmError({
    code: 'model/parameters-mismatch',
    message: `The weights in ${from} do not fit the configuration: ${problems.slice(0, 3).join('; ')}${more}. Use the config.json that belongs to them.`,
    details: { from, problems },
  });
}
