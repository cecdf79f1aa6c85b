/**
 * Attention of new tokens over a fixed-capacity cache and over each other. The cache is only read, and the caller appends
 * new keys and values in place, so a step never copies what came before it. Shapes are symbolic.
 */
import { add, matMul, softmax, type Tensor } from '@llm/graph';
import { inGroups } from './heads.js';

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

/**
 * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth], `mask` [rows, 1, time, time] →
 * like query
 */
export function cachedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  past: CachedPart,
  scale: number,
): Tensor {
  return inGroups(query, key, mask, (folded, repeated) => {
    const scores = { transposeB: true, alpha: scale };
    const fresh = add(matMul(folded, key, scores), repeated);
    const old = add(matMul(folded, past.key, scores), past.mask);
    return mix(old, fresh, value, past);
  });
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
