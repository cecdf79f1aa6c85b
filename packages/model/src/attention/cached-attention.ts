/**
 * Attention of new tokens over a fixed-capacity cache and over each other. The cache is only read, and the
 * caller appends new keys and values in place, so a step never copies what came before it.
 */
import { add, matMul, softmax, type Tensor } from '@llm/graph';
import { groupOf, inGroups, repeatMask } from './heads.js';
import type { ScoreRule } from './score-rule.js';
import { softcap } from './softcap.js';
import { concatAs, sliceAs } from './symbolic-shapes.js';

export interface CachedPart {
  /** [rows, keyValueHeads, capacity, headWidth] */
  readonly key: Tensor;
  /** [rows, keyValueHeads, capacity, headWidth] */
  readonly value: Tensor;
  /** [rows, 1, 1, capacity], or [rows, 1, time, capacity] where each token sees others. */
  readonly mask: Tensor;
  /** int64 [1] */
  readonly capacity: Tensor;
}

/**
 * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth], `mask` [rows,
 * 1, time, time] → like query
 */
export function cachedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  past: CachedPart,
  rule: ScoreRule,
): Tensor {
  const pastMask = past.mask.shape[2] === 1 ? past.mask : repeatMask(past.mask, groupOf(query, key));
  return inGroups(query, key, mask, (folded, repeated) => {
    const scores = (keys: Tensor): Tensor =>
      softcap(matMul(folded, keys, { transposeB: true, alpha: rule.scale }), rule.softcap);
    const fresh = add(scores(key), repeated);
    const old = add(scores(past.key), pastMask);
    return mix(old, fresh, value, past);
  });
}

/** `old` and `fresh` are scores of cached and of new tokens. */
function mix(old: Tensor, fresh: Tensor, value: Tensor, { capacity, value: cached }: CachedPart): Tensor {
  const weights = softmax(concatAs([old, fresh], 3, old.shape.with(3, 'cachedAndNew')));
  const bound = (place: bigint): Tensor => old.graph.constant(BigInt64Array.of(place));
  return add(
    matMul(sliceAs(weights, 3, bound(0n), capacity, old.shape), cached),
    matMul(sliceAs(weights, 3, capacity, bound(2n ** 62n), fresh.shape), value),
  );
}
