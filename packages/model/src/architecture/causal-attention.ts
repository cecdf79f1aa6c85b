/**
 * Scaled dot-product attention over a whole sequence. It carries its own gradient: Σ over keys of p · dp equals
 * Σ over the head of o · do, which is a smaller reduction (FlashAttention, Dao et al. 2022). The scores
 * [rows, heads, time, time] are kept for the backward pass; chunking them is left out.
 */
import {
  add,
  constantScalar,
  equal,
  type Graph,
  lessOrEqual,
  logicalAnd,
  matMul,
  mul,
  reduceSum,
  reshape,
  softmax,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from '@llm/graph';

/** Added to a score that must not count. Finite, so that a row without any key stays a number. */
const excluded = -1e9;

/** Additive mask [time, time]: 0 up to the diagonal. */
export function causalMask(graph: Graph, time: number): Tensor {
  const mask = new Float32Array(time * time);
  for (let query = 0; query < time; query++)
    mask.fill(excluded, query * time + query + 1, (query + 1) * time);
  return graph.constant(mask, [time, time]);
}

/** Additive mask [rows, 1, time, time]: causal, and within one segment. `segments` int32 [rows, time]. */
export function segmentMask(graph: Graph, segments: Tensor, time: number): Tensor {
  const positions = graph.constant(
    Int32Array.from({ length: time }, (_, i) => i),
    [time],
  );
  const causal = lessOrEqual(unsqueeze(positions, 0), unsqueeze(positions, 1));
  const same = equal(unsqueeze(segments, 1), unsqueeze(segments, 2));
  return unsqueeze(where(logicalAnd(same, causal), constantScalar(graph, 0), excluded), 1);
}

/**
 * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth] → like query. Query heads
 * that share a key head are folded into its time axis, so nothing is repeated.
 */
export function causalAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  scale: number,
): Tensor {
  const [rows, heads, time, headWidth] = query.shape as readonly number[];
  const shared = key.shape[1] as number;
  const group = heads! / shared;
  const folded = group === 1 ? query : reshape(query, [rows!, shared, group * time!, headWidth!]);
  const foldedMask = group === 1 ? mask : repeatMask(mask, group);
  const mixed = attention(folded, key, value, foldedMask, scale);
  return group === 1 ? mixed : reshape(mixed, [rows!, heads!, time!, headWidth!]);
}

/** [..., time, keys] → [..., group · time, keys] */
function repeatMask(mask: Tensor, group: number): Tensor {
  return mask.graph.node('Concat', new Array<Tensor>(group).fill(mask), { axis: mask.shape.length - 2 })[0]!;
}

function attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: number): Tensor {
  let weights!: Tensor;
  let mixed!: Tensor;
  return query.graph.composite(
    [query, key, value],
    () => {
      weights = softmax(add(matMul(query, key, { transposeB: true, alpha: scale }), mask));
      mixed = matMul(weights, value);
      return [mixed];
    },
    ({ outputGradients: [d] }) => {
      const along = reduceSum(mul(mixed, d!), -1, { keepDimensions: true });
      const scores = mul(sub(matMul(d!, value, { transposeB: true }), along), weights);
      return [
        matMul(scores, key, { alpha: scale }),
        matMul(scores, query, { transposeA: true, alpha: scale }),
        matMul(weights, d!, { transposeA: true }),
      ];
    },
  )[0]!;
}
