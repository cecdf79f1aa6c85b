/** Which token sees which: additive masks for attention scores, 0 where a key counts. */
import {
  add,
  constantScalar,
  dimensionOf,
  equal,
  type Graph,
  greater,
  less,
  lessOrEqual,
  logicalAnd,
  logicalOr,
  range,
  squeeze,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from '@llm/graph';

/** Added to a score that must not count. Finite, so that a row without any key stays a number. */
const excluded = -1e9;

const additive = (visible: Tensor): Tensor => where(visible, constantScalar(visible.graph, 0), excluded);

/** Of a query and the keys that are not after it: those fewer than `window` places before. */
const near = (window: number | undefined, key: Tensor, query: Tensor, visible: Tensor): Tensor =>
  window === undefined ? visible : logicalAnd(visible, less(sub(query, window), key));

/** [time, time]: each token sees itself and all before it, or those within the window. */
export function causalMask(graph: Graph, time: number, window = time): Tensor {
  const mask = new Float32Array(time * time);
  for (let query = 0; query < time; query++) {
    mask.fill(excluded, query * time + query + 1, (query + 1) * time);
    mask.fill(excluded, query * time, query * time + Math.max(0, query - window + 1));
  }
  return graph.constant(mask, [time, time]);
}

/** [rows, 1, time, time]: causal, within the window and one segment. `segments` int32 [rows, time]. */
export function segmentMask(graph: Graph, segments: Tensor, time: number, window?: number): Tensor {
  const positions = graph.constant(
    Int32Array.from({ length: time }, (_, i) => i),
    [time],
  );
  const [key, query] = [unsqueeze(positions, 0), unsqueeze(positions, 1)];
  const causal = near(window, key, query, lessOrEqual(key, query));
  const same = equal(unsqueeze(segments, 1), unsqueeze(segments, 2));
  return unsqueeze(additive(logicalAnd(same, causal)), 1);
}

/**
 * [rows, 1, time, time]: a token sees those before it that all see (branch 0) or that are of its own branch.
 * `branches` and `positions` int32 [rows, time]; the window is one of positions.
 */
export function branchMask(
  graph: Graph,
  { branches, positions }: { readonly branches: Tensor; readonly positions: Tensor },
  time: number,
  window?: number,
): Tensor {
  const places = graph.constant(
    Int32Array.from({ length: time }, (_, i) => i),
    [time],
  );
  const before = lessOrEqual(unsqueeze(places, 0), unsqueeze(places, 1));
  const key = unsqueeze(branches, 1);
  const mine = logicalOr(equal(key, unsqueeze(branches, 2)), less(key, 1));
  const close = near(window, unsqueeze(positions, 1), unsqueeze(positions, 2), logicalAnd(mine, before));
  return unsqueeze(additive(close), 1);
}

/** [rows, 1, time, time] from int32 positions [rows, time]: a token sees itself and earlier ones. */
export function positionMask(positions: Tensor, window?: number): Tensor {
  const [key, query] = [unsqueeze(positions, 1), unsqueeze(positions, 2)];
  return unsqueeze(additive(near(window, key, query, lessOrEqual(key, query))), 1);
}

/**
 * [rows, 1, time, capacity] from int32 lengths [rows], slot numbers [capacity] and the positions [rows, time]
 * of new tokens: slots that hold a token, of a window those within it.
 */
export function cacheMask(lengths: Tensor, slots: Tensor, positions: Tensor, window?: number): Tensor {
  const [key, query] = [unsqueeze(slots, [0, 1]), unsqueeze(positions, 2)];
  const held = less(key, unsqueeze(lengths, [1, 2]));
  // Every position is above −1, so this only gives the mask its time axis.
  const seen = window === undefined ? logicalAnd(held, greater(query, -1)) : near(window, key, query, held);
  return unsqueeze(additive(seen), 1);
}

/**
 * [rows, 1, time, capacity] from int32 `places` [rows, time], the slots of the new tokens, and slot numbers
 * [capacity]: a token sees its own slot and those before it.
 */
export function slotMask(places: Tensor, slots: Tensor, window?: number): Tensor {
  const [key, query] = [unsqueeze(slots, [0, 1]), unsqueeze(places, 2)];
  return unsqueeze(additive(near(window, key, query, lessOrEqual(key, query))), 1);
}

/**
 * [rows, 1, time, total] for the `tokens` int64 [rows, time] at the end of `present` int64 [rows, total],
 * which is 0 on padding: causal, within the window and without the padding.
 */
export function paddedMask(tokens: Tensor, present: Tensor, window?: number): Tensor {
  const { graph } = tokens;
  const zero = constantScalar(graph, 0, 'int64');
  const total = squeeze(dimensionOf(present, 1), 0);
  const fresh = squeeze(dimensionOf(tokens, 1), 0);
  const keys = range(zero, total, present.shape[1]!);
  const queries = add(range(zero, fresh, tokens.shape[1]!), sub(total, fresh));
  const [key, query] = [unsqueeze(keys, 0), unsqueeze(queries, 1)];
  const causal = near(window, key, query, lessOrEqual(key, query));
  const kept = equal(present, constantScalar(graph, 1, 'int64'));
  return additive(logicalAnd(unsqueeze(unsqueeze(causal, 0), 0), unsqueeze(kept, [1, 2])));
}
