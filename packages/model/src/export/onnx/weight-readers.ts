/** Nodes that read a weight that can be quantised: products with a matrix, the embedding's lookup. */
import type { GraphNode } from '@llm/graph';
import { embeddingName } from '../../weights/parameter-names.js';
import type { FloatWeight } from './onnx-graph.js';

/** The name of the weight a product multiplies with (a tied head through a Transpose) or a lookup reads. */
export function weightReadBy(
  { operator, inputs }: GraphNode,
  weights: ReadonlyMap<string, FloatWeight>,
): string | undefined {
  if (operator === 'Gather') return inputs[0]!.name === embeddingName ? embeddingName : undefined;
  if (operator !== 'MatMul') return undefined;
  const { producer, name } = inputs[1]!;
  const source = producer?.operator === 'Transpose' ? producer.inputs[0]!.name : name;
  return weights.has(source) ? source : undefined;
}
