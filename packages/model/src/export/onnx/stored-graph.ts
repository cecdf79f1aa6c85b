/**
 * A graph ready to be written: some of its inputs are weights of the file, whose bytes are made one at a time
 * so that a large model is never held twice.
 */
import type { Graph } from '@llm/graph';
import { bytesOf } from '../../weights/bytes-of.js';
import { transposeMatrix } from '../../weights/matrices.js';
import type { FloatWeight } from './onnx-graph.js';

export interface StoredGraph {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

export interface StoredWeight {
  readonly byteLength: number;
  /** Little-endian, row-major. */
  read(): Uint8Array;
}

/** float32, as they are. */
export function storeFloat32(weights: ReadonlyMap<string, FloatWeight>): Map<string, StoredWeight> {
  return new Map(
    [...weights].map(([name, weight]) => [
      name,
      { byteLength: 4 * elementCount(weight), read: () => bytesOf(inFileOrder(weight)) },
    ]),
  );
}

/** The numbers in the order of the graph's input. */
export function inFileOrder({ tensor, transposed }: FloatWeight): Float32Array {
  return transposed ? transposeMatrix(tensor).data : tensor.data;
}

export function elementCount({ tensor }: FloatWeight): number {
  return tensor.shape.reduce((count, size) => count * size, 1);
}
