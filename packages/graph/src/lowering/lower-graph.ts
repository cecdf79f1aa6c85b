/**
 * Rewrites a graph into operators its target has kernels for. Graphs are written and differentiated in one
 * vocabulary; what a target lacks is replaced here, node by node, so no rule elsewhere knows where it will run.
 */
import type { LoweringTarget } from '../executor.js';
import { Graph, type Tensor } from '../graph.js';
import type { LoweringRule } from './lowering-rule.js';
import { webgpuLowering } from './webgpu-lowering.js';

const rulesByTarget: Readonly<Record<LoweringTarget, Readonly<Record<string, LoweringRule>>>> = {
  cpu: {},
  webgpu: webgpuLowering,
};

/** The graph itself where nothing has to change, otherwise a copy without composites: differentiate first. */
export function lowerGraph(graph: Graph, target: LoweringTarget): Graph {
  const rules = rulesByTarget[target];
  if (!graph.nodes.some(({ operator }) => Object.hasOwn(rules, operator))) return graph;
  const lowered = new Graph();
  const copies = new Map<Tensor, Tensor>();
  for (const input of graph.inputs) copies.set(input, lowered.input(input.name, input.type, input.shape));
  for (const constant of graph.constants) {
    copies.set(constant, lowered.constant(constant.constant!, constant.shape as readonly number[]));
  }
  for (const node of graph.nodes) {
    const rule = Object.hasOwn(rules, node.operator) ? rules[node.operator] : undefined;
    const inputs = node.inputs.map((input) => (input === undefined ? undefined : copies.get(input)!));
    const outputs =
      rule === undefined
        ? lowered.node(node.operator, inputs, node.attributes, {
            domain: node.domain,
            attributeKinds: node.attributeKinds,
            outputs: node.outputs,
          })
        : rule(node, inputs as readonly Tensor[]);
    for (const [index, output] of node.outputs.entries()) copies.set(output, outputs[index]!);
  }
  for (const [name, tensor] of graph.outputs) lowered.output(name, copies.get(tensor)!);
  return lowered;
}
