/**
 * How much working memory a graph needs when ONNX Runtime executes it in its default order: depth-first backwards
 * from the nodes nobody reads, the one written last first. Sums the results that are alive at the same time; leaves
 * out fusions, writing in place, and memory inside kernels. For tests of memory that need no large run.
 */
import type { Graph, GraphNode, Tensor } from '../graph.js';
import { elementCount, staticShape } from '../shape.js';

/** Share their input's memory. */
const views: ReadonlySet<string> = new Set(['Reshape', 'Unsqueeze', 'Squeeze', 'Identity']);

/** Bytes of results alive at once; inputs and constants are not counted. Shapes must be static. */
export function estimatePeakMemory(graph: Graph): number {
  const order = executionOrder(graph);
  const lastUse = new Map<Tensor, number>();
  for (const [position, node] of order.entries()) {
    for (const input of node.inputs) if (input !== undefined) lastUse.set(owner(input), position);
  }
  for (const output of graph.outputs.values()) lastUse.set(owner(output), order.length);
  const freedAfter = new Map<number, number>();
  let current = 0;
  let peak = 0;
  for (const [position, node] of order.entries()) {
    for (const output of views.has(node.operator) ? [] : node.outputs) {
      const last = lastUse.get(output);
      if (last === undefined) continue;
      const bytes = 4 * elementCount(staticShape(output.shape, 'estimatePeakMemory'));
      current += bytes;
      freedAfter.set(last, (freedAfter.get(last) ?? 0) + bytes);
    }
    peak = Math.max(peak, current);
    current -= freedAfter.get(position) ?? 0;
  }
  return peak;
}

function owner(tensor: Tensor): Tensor {
  const { producer } = tensor;
  return producer !== undefined && views.has(producer.operator) ? owner(producer.inputs[0]!) : tensor;
}

function executionOrder(graph: Graph): GraphNode[] {
  const positions = new Map(graph.nodes.map((node, position) => [node, position]));
  const needed = neededNodes(graph);
  const read = new Set([...needed].flatMap((node) => node.inputs));
  const leaves = graph.nodes.filter(
    (node) => needed.has(node) && !node.outputs.some((output) => read.has(output)),
  );
  const order: GraphNode[] = [];
  const entered = new Set<GraphNode>();
  const stack = leaves.map((node) => ({ node, leaving: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.leaving) order.push(top.node);
    if (top.leaving || entered.has(top.node)) continue;
    entered.add(top.node);
    stack.push({ node: top.node, leaving: true });
    const sources = top.node.inputs.flatMap((input) =>
      input?.producer === undefined ? [] : [input.producer],
    );
    sources.sort((a, b) => positions.get(a)! - positions.get(b)!);
    for (const node of sources) if (!entered.has(node)) stack.push({ node, leaving: false });
  }
  return order;
}

function neededNodes(graph: Graph): Set<GraphNode> {
  const tensors = new Set<Tensor | undefined>(graph.outputs.values());
  const nodes = new Set<GraphNode>();
  for (let position = graph.nodes.length - 1; position >= 0; position--) {
    const node = graph.nodes[position]!;
    if (!node.outputs.some((output) => tensors.has(output))) continue;
    nodes.add(node);
    for (const input of node.inputs) tensors.add(input);
  }
  return nodes;
}
