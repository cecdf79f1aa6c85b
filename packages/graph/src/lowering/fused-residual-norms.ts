/**
 * A sum that is normalised, in one operator that returns both (SkipSimplifiedLayerNormalization): in a step
 * of one token each operator costs more than what it computes.
 */
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import type { GraphRewrite } from '../graph/rewrite-graph.js';
import { sameShape } from '../tensors/shape.js';

const domain = 'com.microsoft';
const normalization = 'SimplifiedLayerNormalization';

/** Sum → its norm, where nothing reads what the norm keeps for a backward pass. */
function sumsWithNorm(graph: Graph): Map<GraphNode, GraphNode> {
  const read = new Set<Tensor | undefined>([
    ...graph.nodes.flatMap(({ inputs }) => inputs),
    ...graph.outputs.values(),
  ]);
  const found = new Map<GraphNode, GraphNode>();
  for (const node of graph.nodes) {
    const [sum, weight] = node.inputs;
    const producer = sum?.producer;
    if (node.operator !== normalization || producer?.operator !== 'Add') continue;
    const isWhole = producer.inputs.every((term) => sameShape(term!.shape, sum!.shape));
    const isKnown = weight!.producer === undefined;
    const isAlone = node.outputs.slice(1).every((output) => !read.has(output));
    if (isWhole && isKnown && isAlone && !found.has(producer)) found.set(producer, node);
  }
  return found;
}

/** undefined where there is nothing to fuse. */
export function fusedResidualNorms(graph: Graph): Required<Pick<GraphRewrite, 'node'>> | undefined {
  const sums = sumsWithNorm(graph);
  if (sums.size === 0) return undefined;
  const norms = new Map<GraphNode, readonly Tensor[]>();
  return {
    node(node, inputs, into, copyOf) {
      const known = norms.get(node);
      if (known !== undefined) return known;
      const norm = sums.get(node);
      if (norm === undefined) return undefined;
      const [sum] = node.outputs;
      const weight = copyOf(norm.inputs[1]!);
      const perRow = { type: 'float32', shape: [...sum!.shape.slice(0, -1), 1] } as const;
      const outputs = [norm.outputs[0]!, perRow, perRow, sum!];
      const epsilon = Number(norm.attributes.epsilon ?? 1e-5);
      const made = into.node(
        'SkipSimplifiedLayerNormalization',
        [...inputs, weight],
        { epsilon },
        { domain, outputs },
      );
      norms.set(norm, made.slice(0, norm.outputs.length));
      return [made[3]!];
    },
  };
}
