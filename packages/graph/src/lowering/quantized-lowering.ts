/**
 * Products with matrices of integers that are inputs, for which the runtime has no fast kernel: the matrix
 * becomes float32 just before it is used.
 */
import { matMul } from '../functions/matmul.js';
import { dequantize } from '../functions/quantized.js';
import type { GraphNode, Tensor } from '../graph/graph.js';
import type { LoweringRule } from './lowering-rule.js';

/** One rule per graph: it counts how often each matrix is read, beginning after the backward pass. */
export function dequantizedProducts(): LoweringRule {
  const uses = new Map<string, number>();
  return ({ attributes }: GraphNode, inputs: readonly Tensor[]) => {
    const [x, integers, scales] = inputs as [Tensor, Tensor, Tensor];
    const use = (uses.get(integers.name) ?? 0) + 1;
    uses.set(integers.name, use);
    const matrix = dequantize({ integers, scales, columns: Number(attributes.K) }, use);
    return [matMul(x, matrix, { transposeB: true })];
  };
}
