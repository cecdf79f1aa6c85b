/** Constant tensors: scalars in a matching type, axis lists, zeros. */
import { LlmError } from '@llm/core';
import type { Graph, Tensor } from '../graph/graph.js';
import type { Dimension, TensorType } from '../tensors/tensor.js';

/** A number as a tensor of shape []. */
export function constantScalar(graph: Graph, value: number, type: TensorType = 'float32'): Tensor {
  if (type === 'float32') return graph.constant(Float32Array.of(value), []);
  if (type === 'int32') return graph.constant(Int32Array.of(value), []);
  if (type === 'int64') return graph.constant(BigInt64Array.of(BigInt(value)), []);
  if (type === 'bool') return graph.constant(Uint8Array.of(value ? 1 : 0), []);
  throw new LlmError({
    code: 'graph/type-mismatch',
    message: `A number cannot become a constant of type ${type}: give a tensor, or cast the operand to float32.`,
  });
}

/** Whole numbers as int64 [length]: how ONNX takes axes and shapes. */
export function integers(graph: Graph, values: readonly number[]): Tensor {
  return graph.constant(
    BigInt64Array.from(values, (value) => BigInt(value)),
    [values.length],
  );
}

/** One number repeated; stored as a scalar and expanded when the session is made. */
export function filled(graph: Graph, value: number, shape: readonly Dimension[], type?: TensorType): Tensor {
  const scalar = constantScalar(graph, value, type);
  if (shape.length === 0) return scalar;
  const sizes = integers(
    graph,
    shape.map((dimension) => Number(dimension)),
  );
  return graph.node('Expand', [scalar, sizes])[0]!;
}

/** Whichever of two operands is a tensor lends the other its graph and type. */
export function operands(a: Tensor | number, b: Tensor | number): [Tensor, Tensor] {
  if (typeof a !== 'number') {
    return [a, typeof b === 'number' ? constantScalar(a.graph, b, a.type) : b];
  }
  if (typeof b === 'number') throw new TypeError('An operator needs at least one tensor.');
  return [constantScalar(b.graph, a, b.type), b];
}
