/**
 * x · sigmoid(x) in one operator (QuickGelu of α = 1), which is what the runtime's own rewriting makes of it:
 * a decoder's graph has nothing else for it to find, and does without.
 */
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import type { GraphRewrite } from '../graph/rewrite-graph.js';

/** undefined where there is nothing to fuse. */
export function fusedGates(graph: Graph): Required<Pick<GraphRewrite, 'node'>> | undefined {
  const reads = new Map<Tensor, number>();
  for (const tensor of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.values()])
    if (tensor !== undefined) reads.set(tensor, (reads.get(tensor) ?? 0) + 1);
  const isGate = ({ operator, inputs: [x, gate] }: GraphNode): boolean => {
    const { producer } = gate ?? {};
    return (
      operator === 'Mul' &&
      producer?.operator === 'Sigmoid' &&
      producer.inputs[0] === x &&
      // A backward pass reads the gate too.
      reads.get(gate!) === 1
    );
  };
  if (!graph.nodes.some(isGate)) return undefined;
  return {
    node: (node, inputs, into) =>
      isGate(node)
        ? into.node(
            'QuickGelu',
            [inputs[0]],
            { alpha: 1 },
            { domain: 'com.microsoft', attributeKinds: { alpha: 'float' }, outputs: node.outputs },
          )
        : undefined,
  };
}
