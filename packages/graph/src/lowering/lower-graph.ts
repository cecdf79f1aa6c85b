/**
 * Rewrites a graph into operators its target has kernels for. Graphs are
 * written and differentiated in one vocabulary; what a target lacks is
 * replaced here, node by node, so no rule elsewhere knows where it will run.
 */
import type { Graph, Tensor } from '../graph/graph.js';
import { rewriteGraph } from '../graph/rewrite-graph.js';
import type { LoweringRule, LoweringTarget } from './lowering-rule.js';
import { webgpuLowering } from './webgpu-lowering.js';

const rulesByTarget: Readonly<Record<LoweringTarget, Readonly<Record<string, LoweringRule>>>> = {
  cpu: {},
  webgpu: webgpuLowering,
};

/** The graph itself where nothing has to change, otherwise a copy without composites: differentiate first. */
export function lowerGraph(graph: Graph, target: LoweringTarget): Graph {
  const rules = rulesByTarget[target];
  if (!graph.nodes.some(({ operator }) => Object.hasOwn(rules, operator))) return graph;
  return rewriteGraph(graph, {
    node: (node, inputs) =>
      Object.hasOwn(rules, node.operator)
        ? rules[node.operator]!(node, inputs as readonly Tensor[])
        : undefined,
  });
}
