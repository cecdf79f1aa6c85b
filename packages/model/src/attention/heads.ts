/**
 * Between the residual stream and heads: flat vectors are split into heads and joined again, and query heads
 * that share a key head (grouped-query attention, Ainslie et al. 2023) stand together.
 */
import { concat, type Dimension, type Tensor, transpose, unsqueeze } from '@llm/graph';
import { concatAs, reshapeAs } from './symbolic-shapes.js';

/** [..., heads · width] of rows · time positions → [rows, time, heads, width] */
export type SplitHeads = (flat: Tensor, heads: number) => Tensor;

/**
 * `sizes` int64 [2] are rows and time where both are symbols and `flat` has one axis of them: the shapes of
 * results, each made once.
 */
export function headSplitter(rows: Dimension, time: Dimension, sizes?: Tensor): SplitHeads {
  const shapes = new Map<string, Tensor>();
  return (flat, heads) => {
    const ofHeads = [heads, Number(flat.shape.at(-1)) / heads];
    const shape = [rows, time, ...ofHeads];
    if (sizes === undefined) return reshapeAs(flat, shape);
    const known = shapes.get(ofHeads.join());
    const target = known ?? concat([sizes, flat.graph.constant(BigInt64Array.from(ofHeads, BigInt))], 0);
    shapes.set(ofHeads.join(), target);
    return flat.graph.node('Reshape', [flat, target], {}, { outputs: [{ type: flat.type, shape }] })[0]!;
  };
}

/** [rows, time, heads, width] → [rows, heads, time, width] and back */
export function swapTimeAndHeads(x: Tensor): Tensor {
  return transpose(x, [0, 2, 1, 3]);
}

/**
 * [rows, heads, time, width], or heads in groups [rows, shared, group, time, width] → [...leading, heads ·
 * width]; `leading` as in the residual stream.
 */
export function mergeHeads(mixed: Tensor, leading: readonly Dimension[]): Tensor {
  const { shape } = mixed;
  const time = shape.length - 2;
  const heads = Array.from({ length: time - 1 }, (_, i) => i + 1);
  const width = [...heads, time + 1].reduce((product, axis) => product * Number(shape[axis]), 1);
  const order = [0, time, ...heads, time + 1];
  return reshapeAs(transpose(mixed, order), [...leading, width]);
}

/** Query heads that share a key head. */
export function groupOf(query: Tensor, keys: Tensor): number {
  return Number(query.shape[1]) / Number(keys.shape[1]);
}

/** Attends with query heads that share a key head folded into the time axis, and the mask repeated. */
export function inGroups(
  query: Tensor,
  keys: Tensor,
  mask: Tensor,
  attend: (folded: Tensor, repeated: Tensor) => Tensor,
): Tensor {
  const folded = foldGroups(query, Number(keys.shape[1]));
  return unfoldGroups(attend(folded, repeatMask(mask, groupOf(query, keys))), query);
}

/** Folds the query heads that share a key head into the time axis: [rows, shared, group · time, width]. */
export function foldGroups(query: Tensor, shared: number): Tensor {
  const [rows, heads, time, width] = query.shape;
  return reshapeAs(query, [rows!, shared, times(Number(heads) / shared, time!), width!]);
}

/** The query heads that share a key head beside each other: [rows, shared, group, time, width]. */
export function groupHeads(query: Tensor, shared: number): Tensor {
  const [rows, heads, time, width] = query.shape;
  return reshapeAs(query, [rows!, shared, Number(heads) / shared, time!, width!]);
}

/** Undoes `foldGroups`: to the heads and times of `query`, whatever the last axis is. */
export function unfoldGroups(x: Tensor, query: Tensor): Tensor {
  return reshapeAs(x, [...query.shape.slice(0, 3), x.shape[3]!]);
}

/** A mask [..., time, keys] for folded queries: [..., group · time, keys]. */
export function repeatMask(mask: Tensor, group: number): Tensor {
  return repeatAxis(mask, group, mask.shape.length - 2);
}

/** [rows, shared, time, width] → [rows, group · shared, time, width]: each head `group` times. */
export function repeatHeads(x: Tensor, group: number): Tensor {
  if (group === 1) return x;
  const [rows, shared, time, width] = x.shape;
  const beside = repeatAxis(unsqueeze(x, 2), group, 2);
  return reshapeAs(beside, [rows!, Number(shared) * group, time!, width!]);
}

/** A size, or its name. */
function times(count: number, size: Dimension): Dimension {
  if (typeof size === 'number') return count * size;
  return count === 1 ? size : `${count}·${size}`;
}

function repeatAxis(x: Tensor, group: number, axis: number): Tensor {
  const parts = new Array<Tensor>(group).fill(x);
  if (group === 1 || x.shape.every((size) => typeof size === 'number')) return concat(parts, axis);
  return concatAs(parts, axis, x.shape.with(axis, times(group, x.shape[axis]!)));
}
