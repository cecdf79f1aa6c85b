/**
 * Attention of new tokens over a fixed-capacity cache and over each other. Either the cache is only read, and the caller
 * appends new keys and values in place, so a step never copies what came before it; or it already holds them.
 * Shapes are symbolic.
 */
import {
  add,
  constantScalar,
  type Dimension,
  less,
  lessOrEqual,
  matMul,
  softmax,
  type Tensor,
  unsqueeze,
  where,
} from '@llm/graph';

const excluded = -1e9;

/** Additive mask [rows, 1, time, time] from int32 positions [rows, time]: a token sees itself and earlier ones. */
export function positionMask(positions: Tensor): Tensor {
  const visible = lessOrEqual(unsqueeze(positions, 1), unsqueeze(positions, 2));
  return unsqueeze(where(visible, constantScalar(positions.graph, 0), excluded), 1);
}

/** Additive mask [rows, 1, 1, capacity] from int32 lengths [rows] and slot numbers [capacity]: slots that hold a token. */
export function lengthMask(lengths: Tensor, slots: Tensor): Tensor {
  const filled = less(unsqueeze(slots, 0), unsqueeze(lengths, 1));
  return unsqueeze(where(filled, constantScalar(lengths.graph, 0), excluded), [1, 2]);
}

/**
 * Additive mask [rows, 1, time, capacity] from int32 `places` [rows, time], the slots of the new tokens, and slot numbers
 * [capacity]: a token sees its own slot and those before it.
 */
export function slotMask(places: Tensor, slots: Tensor): Tensor {
  const visible = lessOrEqual(unsqueeze(slots, [0, 1]), unsqueeze(places, 2));
  return unsqueeze(where(visible, constantScalar(places.graph, 0), excluded), 1);
}

export interface CachedPart {
  /** [rows, keyValueHeads, capacity, headWidth] */
  readonly key: Tensor;
  /** [rows, keyValueHeads, capacity, headWidth] */
  readonly value: Tensor;
  /** [rows, 1, 1, capacity] */
  readonly mask: Tensor;
  /** int64 [1] */
  readonly capacity: Tensor;
}

/** query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth] → like query */
export function cachedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  past: CachedPart,
  scale: number,
): Tensor {
  return inGroups(query, key.shape[1] as number, mask, (queries, repeated) => {
    const scores = { transposeB: true, alpha: scale };
    const fresh = add(matMul(queries, key, scores), repeated);
    const old = add(matMul(queries, past.key, scores), past.mask);
    return mix(old, fresh, value, past);
  });
}

/**
 * Attention over a cache that already holds the new tokens: `keys` and `values` [rows, keyValueHeads, capacity, headWidth],
 * `mask` [rows, 1, time, capacity].
 */
export function wholeAttention(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  mask: Tensor,
  scale: number,
): Tensor {
  return inGroups(query, keys.shape[1] as number, mask, (queries, repeated) => {
    const scores = matMul(queries, keys, { transposeB: true, alpha: scale });
    return matMul(softmax(add(scores, repeated)), values);
  });
}

/** Query heads that share a key head are folded into its time axis, so nothing is repeated but the mask. */
function inGroups(
  query: Tensor,
  shared: number,
  mask: Tensor,
  attend: (queries: Tensor, mask: Tensor) => Tensor,
): Tensor {
  const [rows, heads, , headWidth] = query.shape as readonly [Dimension, number, Dimension, number];
  const group = heads / shared;
  const folded = group === 1 ? query : reshapeInPlace(query, [rows, shared, 'groupTime', headWidth]);
  const repeated = group === 1 ? mask : repeatTime(mask, group);
  const mixed = attend(folded, repeated);
  return group === 1 ? mixed : reshapeInPlace(mixed, query.shape);
}

/** [rows, 1, time, keys] → [rows, 1, groupTime, keys] */
function repeatTime(mask: Tensor, group: number): Tensor {
  const [rows, one, , keys] = mask.shape;
  return mask.graph.node(
    'Concat',
    new Array<Tensor>(group).fill(mask),
    { axis: 2 },
    { outputs: [{ type: 'float32', shape: [rows!, one!, 'groupTime', keys!] }] },
  )[0]!;
}

/** `old` and `fresh` are scores of cached and of new tokens. */
function mix(old: Tensor, fresh: Tensor, value: Tensor, past: CachedPart): Tensor {
  const { graph } = old;
  const shape = [...old.shape.slice(0, 3), 'cachedAndNew'];
  const all = graph.node('Concat', [old, fresh], { axis: 3 }, { outputs: [{ type: 'float32', shape }] })[0]!;
  const weights = softmax(all);
  const { capacity } = past;
  const bound = (value: bigint): Tensor => graph.constant(BigInt64Array.of(value));
  const part = (start: Tensor, end: Tensor, like: Tensor): Tensor =>
    graph.node(
      'Slice',
      [weights, start, end, bound(3n)],
      {},
      { outputs: [{ type: 'float32', shape: like.shape }] },
    )[0]!;
  return add(
    matMul(part(bound(0n), capacity, old), past.value),
    matMul(part(capacity, bound(2n ** 62n), fresh), value),
  );
}

/** [rows, a, b, width] → another split of a and b; the first size is copied and the one that is a symbol worked out. */
function reshapeInPlace(x: Tensor, shape: readonly Dimension[]): Tensor {
  const sizes = BigInt64Array.from(shape, (size, axis) =>
    axis === 0 ? 0n : typeof size === 'string' ? -1n : BigInt(size),
  );
  return x.graph.node(
    'Reshape',
    [x, x.graph.constant(sizes)],
    {},
    { outputs: [{ type: x.type, shape }] },
  )[0]!;
}
