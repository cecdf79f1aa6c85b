/**
 * Turns an exported float32 graph into one that stores and computes in float16, as transformers.js expects of
 * `fp16` files: the cache inputs and outputs are float16 too, the logits float32.
 */

import { halfPrecisionGraph } from '../../precision/half-precision-graph.js';
import { bytesOf } from '../../weights/bytes-of.js';
import { halves } from '../../weights/halves.js';
import type { FloatWeight, WeightedGraph } from './onnx-graph.js';
import { elementCount, inFileOrder, type StoredGraph, type StoredWeight } from './stored-graph.js';

export function halfGraph({ graph, weights }: WeightedGraph): StoredGraph {
  // The last product makes the logits.
  const head = graph.nodes.findLast(({ operator }) => operator === 'MatMul' || operator === 'MatMulNBits');
  const rewritten = halfPrecisionGraph(graph, { inputType: () => 'float16', head });
  return { graph: rewritten, weights: storeFloat16(weights) };
}

function storeFloat16(weights: ReadonlyMap<string, FloatWeight>): Map<string, StoredWeight> {
  return new Map(
    [...weights].map(([name, weight]) => [
      name,
      { byteLength: 2 * elementCount(weight), read: () => bytesOf(halves(inFileOrder(weight), name)) },
    ]),
  );
}
