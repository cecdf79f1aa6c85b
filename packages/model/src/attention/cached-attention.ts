/**
 * Attention of new tokens over a fixed-capacity cache and over each other. The cache is only read, and the
 * caller appends new keys and values in place, so a step never copies what came before it.
 */
import { add, matMul, softmax, type Tensor } from '@llm/graph';
import { groupOf, inGroups, repeatMask } from './heads.js';
import type { ScoreRule } from './score-rule.js';
import { softcap } from './softcap.js';
import { concatAs, splitAs } from './symbolic-shapes.js';

export interface CachedPart {
  /** [rows, keyValueHeads, capacity, headWidth] */
  readonly key: Tensor;
  /** [rows, keyValueHeads, capacity, headWidth] */
  readonly value: Tensor;
  /** [rows, 1, 1, capacity], or [rows, 1, time, capacity] where each token sees others. */
  readonly mask: Tensor;
  /** int64 [2]: cached slots and new tokens */
  readonly sizes: Tensor;
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
function mix(old: Tensor, fresh: Tensor, value: Tensor, { sizes, value: cached }: CachedPart): Tensor {
  const weights = softmax(concatAs([old, fresh], 3, old.shape.with(3, 'cachedAndNew')));
  const [forOld, forFresh] = splitAs(weights, 3, sizes, [old.shape, fresh.shape]);
  return add(matMul(forOld!, cached), matMul(forFresh!, value));
}
