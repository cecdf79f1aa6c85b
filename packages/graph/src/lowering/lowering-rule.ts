import type { GraphNode, Tensor } from '../graph.js';

/** The replacement for a node: its outputs, made from its inputs in the new graph. */
export type LoweringRule = (node: GraphNode, inputs: readonly Tensor[]) => readonly Tensor[];
