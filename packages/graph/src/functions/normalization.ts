/**
 * Normalisation over the last axis. The inverse deviation
 * the kernel computes anyway is kept for the gradient.
 */

import type { Tensor } from '../graph/graph.js';
import { formatShape, shapeError } from '../tensors/shape.js';
import { filled } from './constants.js';

function lastAxisWeights(x: Tensor, value: number): Tensor {
  const width = x.shape.at(-1);
  if (typeof width !== 'number') {
    throw shapeError(`Normalisation needs a known last axis, got ${formatShape(x.shape)}.`);
  }
  return filled(x.graph, value, [width]);
}

/**
 * Root-mean-square normalisation (Zhang and Sennrich, 2019): x / sqrt(mean(x²) + epsilon) · weight, weight
 * [width] or undefined for none.
 */
export function rmsNormalization(x: Tensor, weight: Tensor | undefined, epsilon = 1e-6): Tensor {
  return x.graph.node(
    'SimplifiedLayerNormalization',
    [x, weight ?? lastAxisWeights(x, 1)],
    { axis: -1, epsilon },
    { outputs: 2 },
  )[0]!;
}

/** Layer normalisation (Ba, Kiros and Hinton, 2016); weight and bias are [width]. */
export function layerNormalization(
  x: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  epsilon = 1e-5,
): Tensor {
  return x.graph.node(
    'LayerNormalization',
    [x, weight ?? lastAxisWeights(x, 1), bias ?? lastAxisWeights(x, 0)],
    { axis: -1, epsilon },
    { outputs: 3 },
  )[0]!;
}
