/** Operators that are told the shape of their result, where sizes are symbols while a graph is built. */
import { type Dimension, reshape, type Tensor } from '@llm/graph';

export function concatAs(tensors: readonly Tensor[], axis: number, shape: readonly Dimension[]): Tensor {
  const { graph, type } = tensors[0]!;
  return graph.node('Concat', tensors, { axis }, { outputs: [{ type, shape }] })[0]!;
}

/** `start` and `end` int64 [1] */
export function sliceAs(
  x: Tensor,
  axis: number,
  start: Tensor,
  end: Tensor,
  shape: readonly Dimension[],
): Tensor {
  const inputs = [x, start, end, x.graph.constant(BigInt64Array.of(BigInt(axis)))];
  return x.graph.node('Slice', inputs, {}, { outputs: [{ type: x.type, shape }] })[0]!;
}

/** In parts of `sizes`, int64 [parts]. */
export function splitAs(
  x: Tensor,
  axis: number,
  sizes: Tensor,
  shapes: readonly (readonly Dimension[])[],
): Tensor[] {
  const outputs = shapes.map((shape) => ({ type: x.type, shape }));
  return x.graph.node('Split', [x, sizes], { axis }, { outputs });
}

/** Sizes that are symbols stay at their axis and are copied; one other may be worked out at run time. */
export function reshapeAs(x: Tensor, shape: readonly Dimension[]): Tensor {
  if (shape.length === x.shape.length && shape.every((size, axis) => size === x.shape[axis])) return x;
  if (shape.filter((size) => typeof size === 'string').length < 2) return reshape(x, shape);
  const sizes = BigInt64Array.from(shape, (size, axis) =>
    typeof size === 'number' ? BigInt(size) : size === x.shape[axis] ? 0n : -1n,
  );
  return x.graph.node(
    'Reshape',
    [x, x.graph.constant(sizes)],
    {},
    { outputs: [{ type: x.type, shape }] },
  )[0]!;
}
