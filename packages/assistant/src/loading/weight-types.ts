/** Weights in the type that was asked for. */
import type { NamedTensor } from '@llm/core';
import { dequantizeTensor, quantizeParameters, type WeightTensor } from '@llm/model';
import type { WeightType } from './load-options.js';

type Weights = ReadonlyMap<string, WeightTensor>;

export function weightsAs(weights: Weights, dtype: WeightType): Weights {
  if (dtype === 'as stored') return weights;
  return dtype === 'float32' ? floatsOf(weights) : quantizeParameters(weights, dtype);
}

export function floatsOf(weights: Weights): Map<string, NamedTensor> {
  return new Map([...weights].map(([name, tensor]) => [name, floatOf(tensor)]));
}

function floatOf(tensor: WeightTensor): NamedTensor {
  return 'data' in tensor ? tensor : dequantizeTensor(tensor);
}
