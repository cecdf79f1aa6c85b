/**
 * Between the residual stream and heads: flat vectors are split into heads and joined again, and query heads that share a
 * key head (grouped-query attention, Ainslie et al. 2023) stand together. Shapes may be symbolic.
 */
import { concat, type Dimension, reshape, type Tensor, transpose, unsqueeze } from '@llm/graph';

/** The scale of the scores: 1 / √headWidth. */
export function attentionScale({ headWidth }: { readonly headWidth: number }): number {
  return 1 / Math.sqrt(headWidth);
}

/** [..., heads · width] of rows · time positions → [rows, time, heads, width] */
export function splitHeads(flat: Tensor, rows: Dimension, time: Dimension, heads: number): Tensor {
  return reshaped(flat, [rows, time, heads, Number(flat.shape.at(-1)) / heads]);
}

/** [rows, time, heads, width] → [rows, heads, time, width] and back */
export function swapTimeAndHeads(x: Tensor): Tensor {
  return transpose(x, [0, 2, 1, 3]);
}

/** [rows, heads, time, width] → [...leading, heads · width], where the leading axes are those of the residual stream. */
export function mergeHeads(mixed: Tensor, leading: readonly Dimension[]): Tensor {
  const width = Number(mixed.shape[1]) * Number(mixed.shape[3]);
  return reshaped(swapTimeAndHeads(mixed), [...leading, width]);
}

/** Query heads that share a key head. */
export function groupOf(query: Tensor, keys: Tensor): number {
  return Number(query.shape[1]) / Number(keys.shape[1]);
}

/** Attends with the query heads that share a key head folded into the time axis, and the mask repeated for them. */
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
  return reshaped(query, [rows!, shared, times(Number(heads) / shared, time!), width!]);
}

/** Undoes `foldGroups`: to the heads and times of `query`, whatever the last axis is. */
export function unfoldGroups(x: Tensor, query: Tensor): Tensor {
  return reshaped(x, [...query.shape.slice(0, 3), x.shape[3]!]);
}

/** A mask [..., time, keys] for folded queries: [..., group · time, keys]. */
export function repeatMask(mask: Tensor, group: number): Tensor {
  return repeatAxis(mask, group, mask.shape.length - 2);
}

/** Each key head as often as query heads share it: [rows, shared, time, width] → [rows, group · shared, time, width] */
export function repeatHeads(x: Tensor, group: number): Tensor {
  if (group === 1) return x;
  const [rows, shared, time, width] = x.shape;
  const beside = repeatAxis(unsqueeze(x, 2), group, 2);
  return reshaped(beside, [rows!, Number(shared) * group, time!, width!]);
}

/** A size, or its name. */
function times(count: number, size: Dimension): Dimension {
  if (typeof size === 'number') return count * size;
  return count === 1 ? size : `${count}·${size}`;
}

function repeatAxis(x: Tensor, group: number, axis: number): Tensor {
  const parts = new Array<Tensor>(group).fill(x);
  if (group === 1 || x.shape.every((size) => typeof size === 'number')) return concat(parts, axis);
  const shape = x.shape.with(axis, times(group, x.shape[axis]!));
  return x.graph.node('Concat', parts, { axis }, { outputs: [{ type: x.type, shape }] })[0]!;
}

/** A reshape. Of two sizes that are symbols, one stays at its axis and is copied, another may be worked out at run time. */
function reshaped(x: Tensor, shape: readonly Dimension[]): Tensor {
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
