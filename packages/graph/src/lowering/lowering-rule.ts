import type { GraphNode, Tensor } from '../graph/graph.js';

/**
 * Which operators a graph may use: `webgpu` lacks FusedMatMul, LogSoftmax and 64-bit integers on the device.
 */
export type LoweringTarget = 'cpu' | 'webgpu';

/** The replacement for a node: its outputs, made from its inputs in the new graph. */
export type LoweringRule = (node: GraphNode, inputs: readonly Tensor[]) => readonly Tensor[];
