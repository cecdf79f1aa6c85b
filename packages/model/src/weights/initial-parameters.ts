/** A new model's numbers: a function of the configuration and the seed alone. */
import { createRandom, LlmError, type NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { type ParameterLayout, parameterLayout } from './parameter-layout.js';

export function initialParameters(config: ModelConfig, seed: number | string): Map<string, NamedTensor> {
  return initialTensors(parameterLayout(config), seed);
}

export function initialTensors(
  layouts: ReadonlyMap<string, ParameterLayout>,
  seed: number | string,
): Map<string, NamedTensor> {
  const parameters = new Map<string, NamedTensor>();
  for (const [name, layout] of layouts)
    parameters.set(name, { shape: layout.shape, data: initialValues(layout, seed, name) });
  return parameters;
}

function initialValues(
  { shape, role, deviation, mean = 0 }: ParameterLayout,
  seed: number | string,
  name: string,
): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (typeof mean === 'number') values.fill(mean);
  else values.set(mean);
  if (deviation === 0) return values;
  const random = createRandom(seed, 'parameter', name);
  const bound = Math.sqrt(3) * deviation;
  for (let i = 0; i < values.length; i++)
    values[i]! +=
      role === 'embedding' || role === 'head'
        ? random.normal() * deviation
        : (2 * random.uniform() - 1) * bound;
  return values;
}

/**
 * Throws `model/parameters-mismatch` unless the tensors are exactly those of the configuration, in name and shape.
 * `from` says where they came from.
 */
export function checkParameters(
  config: ModelConfig,
  parameters: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  from: string,
): void {
  checkLayerCount(config, parameters.size, from);
  checkTensors(parameterLayout(config), parameters, from);
}

/** A layer has at least one tensor, so a configuration of a billion layers is refused before its layout is written down. */
export function checkLayerCount({ depth }: ModelConfig, tensors: number, from: string): void {
  if (depth <= tensors) return;
  throw new LlmError({
    code: 'model/parameters-mismatch',
    message: `The configuration says ${depth} layers, but ${from} has only ${tensors} tensors. Use the config.json that belongs to it.`,
    details: { from, depth, tensors },
  });
}

/** The same for any list of layouts. */
export function checkTensors(
  layout: ReadonlyMap<string, ParameterLayout>,
  parameters: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  from: string,
): void {
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
