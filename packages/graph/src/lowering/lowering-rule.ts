import type { GraphNode, Tensor } from '../graph/graph.js';

/**
 * Which operators a graph may use: `webgpu` lacks FusedMatMul, LogSoftmax and 64-bit integers on the device;
 * `cpu` and `wasm` multiply with matrices of integers only where they are weights of the model, `wasm` with
 * an operator of its own.
 */
export type LoweringTarget = 'cpu' | 'wasm' | 'webgpu';

/** The replacement for a node: its outputs, made from its inputs in the new graph; undefined keeps it. */
export type LoweringRule = (node: GraphNode, inputs: readonly Tensor[]) => readonly Tensor[] | undefined;
