/**
 * A value of the graph: its type and shape, and where it comes from. Holds no numbers unless it is a constant.
 * Shapes are row-major; a string is a dimension known only at run time (inference graphs: `batch`, `time`).
 */
import type { Graph, GraphNode } from './graph.js';

export type TensorType = 'float32' | 'int32' | 'int64' | 'bool';
export type Dimension = number | string;
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export interface TensorSpecification {
  readonly type: TensorType;
  readonly shape: readonly Dimension[];
}

/** Numbers in memory, row-major; `bool` is a Uint8Array of 0 and 1. */
export interface HostTensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export class Tensor implements TensorSpecification {
  /** Made by a `Graph`, never directly. */
  constructor(
    readonly graph: Graph,
    readonly name: string,
    readonly type: TensorType,
    readonly shape: readonly Dimension[],
    /** The node that computes it; undefined for inputs and constants. */
    readonly producer: GraphNode | undefined,
    /** The numbers of a constant. */
    readonly constant: TensorData | undefined,
  ) {}
}

/** The typed array that holds `count` elements of a type, zero-filled. */
export function createTensorData(type: TensorType, count: number): TensorData {
  if (type === 'float32') return new Float32Array(count);
  if (type === 'int32') return new Int32Array(count);
  if (type === 'int64') return new BigInt64Array(count);
  return new Uint8Array(count);
}

export function typeOfData(data: TensorData): TensorType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof BigInt64Array ? 'int64' : 'bool';
}
