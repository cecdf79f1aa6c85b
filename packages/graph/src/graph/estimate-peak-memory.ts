/**
 * How much working memory a graph needs when ONNX Runtime executes it in its default order: depth-first
 * backwards from the nodes nobody reads, the one written last first. As its planner does, a result takes over
 * the buffer of a result of the same shape that is no longer needed, and a buffer is freed only after the
 * last result that is ever put there. Leaves out fusions, writing in place, and memory inside kernels. For
 * plans made before memory is spent, and for tests that need no large run.
 */
import { elementCount, staticShape } from '../tensors/shape.js';
import type { Graph, GraphNode, Tensor } from './graph.js';

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
  const buffers: { bytes: number; from: number; until: number }[] = [];
  const idle = new Map<string, typeof buffers>();
  const released = new Map<number, [shape: string, buffer: (typeof buffers)[number]][]>();
  for (const [position, node] of order.entries()) {
    for (const output of views.has(node.operator) ? [] : node.outputs) {
      const last = lastUse.get(output);
      if (last === undefined) continue;
      const shape = output.shape.join(' ');
      let buffer = idle.get(shape)?.pop();
      if (buffer === undefined) {
        const bytes = 4 * elementCount(staticShape(output.shape, 'estimatePeakMemory'));
        buffer = { bytes, from: position, until: last };
        buffers.push(buffer);
      }
      buffer.until = last;
      released.set(last, [...(released.get(last) ?? []), [shape, buffer]]);
    }
    for (const [shape, buffer] of released.get(position) ?? [])
      idle.set(shape, [...(idle.get(shape) ?? []), buffer]);
  }
  const changes = new Map<number, number>();
  for (const { bytes, from, until } of buffers) {
    changes.set(from, (changes.get(from) ?? 0) + bytes);
    changes.set(until + 1, (changes.get(until + 1) ?? 0) - bytes);
  }
  let current = 0;
  let peak = 0;
  for (let position = 0; position <= order.length; position++) {
    current += changes.get(position) ?? 0;
    peak = Math.max(peak, current);
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
