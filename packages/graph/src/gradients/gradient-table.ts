/**
 * How a gradient flows back through every operator of the
 * table. Gradients are data: adding one changes no algorithm.
 */
import type { GradientFamily } from '../graph/graph.js';
import { comparisonGradients } from './comparison.js';
import { elementwiseGradients } from './elementwise.js';
import { indexingGradients } from './indexing.js';
import { matmulGradients } from './matmul.js';
import { movementGradients } from './movement.js';
import { normalizationGradients } from './normalization.js';
import { quantizedGradients } from './quantized.js';
import { reduceGradients } from './reduce.js';
import { softmaxGradients } from './softmax.js';

export const gradientTable: GradientFamily = {
  ...elementwiseGradients,
  ...comparisonGradients,
  ...matmulGradients,
  ...quantizedGradients,
  ...reduceGradients,
  ...movementGradients,
  ...normalizationGradients,
  ...softmaxGradients,
  ...indexingGradients,
};
