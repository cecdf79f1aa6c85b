/**
 * Rewrites a graph into operators its target has kernels for. Graphs are
 * written and differentiated in one vocabulary; what a target lacks is
 * replaced here, node by node, so no rule elsewhere knows where it will run.
 */
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import { rewriteGraph } from '../graph/rewrite-graph.js';
import { fusedGates } from './fused-gates.js';
import { fusedOffsets } from './fused-offsets.js';
import { fusedResidualNorms } from './fused-residual-norms.js';
import type { LoweringRule, LoweringTarget } from './lowering-rule.js';
import { dequantizedProducts } from './quantized-lowering.js';
import { type DerivedWeight, integerProducts } from './wasm-products.js';
import { webgpuLowering } from './webgpu-lowering.js';

const productsWithIntegers = 'MatMulNBits';

export interface LoweredGraph {
  readonly graph: Graph;
  /** Inputs that the graph has got: weights in another layout, by name. */
  readonly derived: ReadonlyMap<string, DerivedWeight>;
}

/**
 * The graph itself where nothing has to change, otherwise a copy without composites: differentiate first.
 * `isWeight` tells inputs that are weights of the model.
 */
export function lowerGraph(
  graph: Graph,
  target: LoweringTarget,
  isWeight: (name: string) => boolean = () => false,
): LoweredGraph {
  const derived = new Map<string, DerivedWeight>();
  const dequantized = dequantizedProducts();
  const ofIntegers = integerProducts(derived);
  const ruleOf = ({ operator, inputs }: GraphNode): LoweringRule | undefined => {
    if (target === 'webgpu')
      return Object.hasOwn(webgpuLowering, operator) ? webgpuLowering[operator] : undefined;
    if (operator !== productsWithIntegers) return undefined;
    if (!isWeight(inputs[1]!.name)) return dequantized;
    return target === 'cpu' ? undefined : ofIntegers;
  };
  const norms = target === 'webgpu' ? undefined : fusedResidualNorms(graph);
  const offsets =
    target === 'cpu'
      ? fusedOffsets(graph, (node) => node.operator === productsWithIntegers && ruleOf(node) === undefined)
      : undefined;
  const gates = target === 'cpu' ? fusedGates(graph) : undefined;
  if (!norms && !offsets && !gates && !graph.nodes.some((node) => ruleOf(node) !== undefined))
    return { graph, derived };
  const lowered = rewriteGraph(graph, {
    node: (node, inputs, into, copyOf) =>
      ruleOf(node)?.(node, inputs as readonly Tensor[]) ??
      // First, so that a sum it takes on is not a term's sum and norm at once.
      offsets?.node(node, inputs, into, copyOf) ??
      norms?.node(node, inputs, into, copyOf) ??
      gates?.node(node, inputs, into, copyOf),
  });
  return { graph: lowered, derived };
}
