/**
 * Scaled dot-product attention over a whole sequence, in pieces of queries that meet only the keys up to their own end, so
 * that most of what the causal mask would hide is never computed. It carries its own gradient: Σ over keys of p · dp
 * equals Σ over the head of o · do, which is a smaller reduction (FlashAttention, Dao et al. 2022). The visible scores
 * are kept for the backward pass; `chunkedSoftmaxMatMul` of `@llm/graph` computes them again instead.
 */
import {
  add,
  concat,
  constantScalar,
  type Dimension,
  equal,
  type Graph,
  lessOrEqual,
  logicalAnd,
  matMul,
  mul,
  reduceSum,
  reshape,
  slice,
  softmax,
  split,
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
 * Queries per piece. Smaller pieces hide more and cost more nodes: forward and backward of 4 heads of 64 over 4,096
 * tokens took 52.8 ms whole, 44.0 in halves and 42.9 in quarters of a window of 256, and 173, 133, 119 and 118 ms
 * whole and in 2, 4 and 8 pieces of one of 1,024 (one thread).
 */
const pieceLength = 128;

/**
 * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth] → like query. `mask` is
 * additive, [time, time] or [rows, 1, time, time], and must hide all later keys.
 */
export function causalAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  scale: number,
): Tensor {
  const time = query.shape[2] as number;
  const ends = Array.from({ length: Math.ceil(time / pieceLength) }, (_, i) =>
    Math.min(time, (i + 1) * pieceLength),
  );
  const cut = (x: Tensor): Tensor[] =>
    split(
      x,
      2,
      ends.map((end, i) => end - (ends[i - 1] ?? 0)),
    );
  let pieces!: readonly Piece[];
  return query.graph.composite(
    [query, key, value],
    () => {
      pieces = cut(query).map((part, i) => {
        const end = ends[i]!;
        const seen = (x: Tensor): Tensor => (end === time ? x : slice(x, 2, 0, end));
        const hidden =
          end === time && i === 0 ? mask : slice(slice(mask, -2, ends[i - 1] ?? 0, end), -1, 0, end);
        return attend(part, seen(key), seen(value), hidden, scale);
      });
      return [
        concat(
          pieces.map(({ mixed }) => mixed),
          2,
        ),
      ];
    },
    ({ outputGradients: [d] }) => {
      const gradients = cut(d!).map((part, i) => attendGradients(pieces[i]!, part, scale));
      return [
        concat(
          gradients.map(({ query }) => query),
          2,
        ),
        sumOfBeginnings(gradients.map(({ key }) => key)),
        sumOfBeginnings(gradients.map(({ value }) => value)),
      ];
    },
  )[0]!;
}

/** Some queries and all the keys they may see. */
interface Piece {
  /** [rows, keyValueHeads, group · time, headWidth]: query heads that share a key head are folded into the time axis. */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  /** [rows, keyValueHeads, group · time, keys] */
  readonly weights: Tensor;
  /** [rows, heads, time, headWidth] */
  readonly mixed: Tensor;
}

function attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: number): Piece {
  const [rows, heads, time, headWidth] = query.shape as readonly [number, number, number, number];
  const shared = key.shape[1] as number;
  const group = heads / shared;
  const folded = shaped(query, [rows, shared, group * time, headWidth]);
  const scores = matMul(folded, key, { transposeB: true, alpha: scale });
  const weights = softmax(add(scores, repeatMask(mask, group)));
  const mixed = shaped(matMul(weights, value), query.shape);
  return { query: folded, key, value, weights, mixed };
}

function attendGradients(
  { query, key, value, weights, mixed }: Piece,
  d: Tensor,
  scale: number,
): { query: Tensor; key: Tensor; value: Tensor } {
  const along = reduceSum(mul(mixed, d), -1, { keepDimensions: true });
  const upstream = shaped(d, query.shape);
  const weightGradients = matMul(upstream, value, { transposeB: true });
  const scores = mul(sub(weightGradients, shaped(along, [...query.shape.slice(0, -1), 1])), weights);
  return {
    query: shaped(matMul(scores, key, { alpha: scale }), d.shape),
    key: matMul(scores, query, { transposeA: true, alpha: scale }),
    value: matMul(weights, upstream, { transposeA: true }),
  };
}

function shaped(x: Tensor, shape: readonly Dimension[]): Tensor {
  return x.shape.every((size, axis) => size === shape[axis]) ? x : reshape(x, shape);
}

/** Sums tensors of which each covers a longer beginning of the time axis than the one before. */
function sumOfBeginnings(parts: readonly Tensor[]): Tensor {
  return parts.reduce((shorter, longer) => {
    const length = shorter.shape[2] as number;
    const [beginning, rest] = split(longer, 2, [length, (longer.shape[2] as number) - length]);
    return concat([add(beginning!, shorter), rest!], 2);
  });
}

/** [..., time, keys] → [..., group · time, keys] */
function repeatMask(mask: Tensor, group: number): Tensor {
  return group === 1 ? mask : concat(new Array<Tensor>(group).fill(mask), mask.shape.length - 2);
}
