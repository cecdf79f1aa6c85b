/** A new model's numbers: a function of the configuration and the seed alone. */
import { createRandom, type NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { type ParameterLayout, type ParameterLayouts, parameterLayout } from './parameter-layout.js';

export function initialParameters(config: ModelConfig, seed: number | string): Map<string, NamedTensor> {
  return initialTensors(parameterLayout(config), seed);
}

export function initialTensors(layouts: ParameterLayouts, seed: number | string): Map<string, NamedTensor> {
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
