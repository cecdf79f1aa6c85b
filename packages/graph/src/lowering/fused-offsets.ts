/**
 * A product with a matrix of integers and the product of its offsets, added by the operator that computes the
 * second (Gemm): of four products a layer, each has one pass and one operator less.
 */
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import type { GraphRewrite } from '../graph/rewrite-graph.js';
import { sameShape } from '../tensors/shape.js';

/** Product of offsets → the sum that it is a term of, and the product with integers, which is the other. */
interface Offsets {
  readonly sum: GraphNode;
  readonly integers: Tensor;
}

function offsetProducts(graph: Graph, isIntegers: (node: GraphNode) => boolean): Map<GraphNode, Offsets> {
  const reads = new Map<Tensor, number>();
  for (const tensor of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.values()])
    if (tensor !== undefined) reads.set(tensor, (reads.get(tensor) ?? 0) + 1);
  const found = new Map<GraphNode, Offsets>();
  for (const sum of graph.nodes) {
    const [integers, product] = sum.inputs;
    const { producer } = product ?? {};
    if (sum.operator !== 'Add' || producer?.operator !== 'FusedMatMul') continue;
    if (integers!.producer === undefined || !isIntegers(integers!.producer)) continue;
    const isFlat = producer.inputs.every((operand) => operand!.shape.length === 2);
    if (isFlat && reads.get(product!) === 1 && sameShape(integers!.shape, product!.shape))
      found.set(producer, { sum, integers: integers! });
  }
  return found;
}

/** undefined where there is nothing to fuse. `isIntegers` tells products that stay what they are. */
export function fusedOffsets(
  graph: Graph,
  isIntegers: (node: GraphNode) => boolean,
): Required<Pick<GraphRewrite, 'node'>> | undefined {
  const products = offsetProducts(graph, isIntegers);
  if (products.size === 0) return undefined;
  const sums = new Map([...products].map(([product, { sum }]) => [sum, product]));
  return {
    node(node, inputs, into, copyOf) {
      const offsets = products.get(node);
      if (offsets !== undefined)
        return into.node('Gemm', [...inputs, copyOf(offsets.integers)!], node.attributes);
      // What the product has become is the sum.
      return sums.has(node) ? [inputs[1]!] : undefined;
    },
  };
}
