/**
 * Copies a graph while replacing inputs and nodes: lowering to a device, and a model's weights in another
 * number format, are rewrites.
 */
import { LlmError } from '@llm/core';
import { Graph, type GraphNode, type Tensor } from './graph.js';

export interface GraphRewrite {
  /**
   * The input's copy; null drops it and every node that
   * reads it and is not replaced. Default: the same input.
   */
  input?(input: Tensor, into: Graph): Tensor | null | undefined;
  /**
   * Outputs made from the copied inputs, or undefined to
   * copy the node. A dropped input is undefined in `inputs`.
   * `copyOf` gives the copy of any tensor that comes before.
   */
  node?(
    node: GraphNode,
    inputs: readonly (Tensor | undefined)[],
    into: Graph,
    copyOf: (tensor: Tensor) => Tensor | undefined,
  ): readonly Tensor[] | undefined;
}

/** A copy without composites: differentiate first. Throws `graph/output-dropped`. */
export function rewriteGraph(graph: Graph, rewrite: GraphRewrite): Graph {
  const into = new Graph();
  const copies = new Map<Tensor, Tensor>();
  for (const input of graph.inputs) {
    const copy = rewrite.input?.(input, into);
    if (copy !== null) copies.set(input, copy ?? into.input(input.name, input.type, input.shape));
  }
  for (const constant of graph.constants)
    copies.set(constant, into.constant(constant.constant!, constant.shape as readonly number[]));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => (input === undefined ? undefined : copies.get(input)));
    let outputs = rewrite.node?.(node, inputs, into, (tensor) => copies.get(tensor));
    if (outputs === undefined) {
      if (node.inputs.some((input, index) => input !== undefined && inputs[index] === undefined)) continue;
      outputs = into.node(node.operator, inputs, node.attributes, {
        domain: node.domain,
        attributeKinds: node.attributeKinds,
        outputs: node.outputs,
      });
    }
    for (const [index, output] of node.outputs.entries()) copies.set(output, outputs[index]!);
  }
  for (const [name, tensor] of graph.outputs) {
    const copy = copies.get(tensor);
    if (copy === undefined) {
      throw new LlmError({
        code: 'graph/output-dropped',
        message: `Output "${name}" was dropped with the inputs it needs: replace a node between them.`,
      });
    }
    into.output(name, copy);
  }
  return into;
}
