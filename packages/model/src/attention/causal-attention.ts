/**
 * Scaled dot-product attention over a whole sequence, in pieces of queries that meet only the keys up to
 * their own end, so that most of what the causal mask would hide is never computed. It carries its own
 * gradient: Σ over keys of p · dp equals Σ over the head of o · do, which is a smaller reduction
 * (FlashAttention, Dao et al. 2022). The visible scores are kept for the backward pass;
 * `chunkedSoftmaxMatMul` of `@llm/graph` computes them again instead.
 */
import { add, concat, matMul, mul, reduceSum, slice, softmax, split, sub, type Tensor } from '@llm/graph';
import { foldGroups, groupOf, repeatMask, scoreScale, unfoldGroups } from './heads.js';

/**
 * Queries per piece. Smaller pieces hide more and cost more nodes: forward and backward of 4 heads of 64 over
 * 4,096 tokens took 52.8 ms whole, 44.0 in halves and 42.9 in quarters of a window of 256, and 173, 133, 119
 * and 118 ms whole and in 2, 4 and 8 pieces of one of 1,024 (one thread).
 */
const pieceLength = 128;

/**
 * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth] → like query.
 * `mask` is additive, [time, time] or [rows, 1, time, time], and must hide all later keys.
 */
export function causalAttention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor): Tensor {
  const time = Number(query.shape[2]);
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
        return attend(part, seen(key), seen(value), hidden);
      });
      return [
        concat(
          pieces.map(({ mixed }) => mixed),
          2,
        ),
      ];
    },
    ({ outputGradients: [d] }) => {
      const gradients = cut(d!).map((part, i) => attendGradients(pieces[i]!, part));
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
  /** [rows, keyValueHeads, group · time, headWidth], see `foldGroups` */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  /** [rows, keyValueHeads, group · time, keys] */
  readonly weights: Tensor;
  /** [rows, heads, time, headWidth] */
  readonly mixed: Tensor;
}

function attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor): Piece {
  const folded = foldGroups(query, Number(key.shape[1]));
  const scores = matMul(folded, key, { transposeB: true, alpha: scoreScale(query) });
  const weights = softmax(add(scores, repeatMask(mask, groupOf(query, key))));
  return { query: folded, key, value, weights, mixed: unfoldGroups(matMul(weights, value), query) };
}

function attendGradients(
  { query, key, value, weights, mixed }: Piece,
  d: Tensor,
): { query: Tensor; key: Tensor; value: Tensor } {
  const shared = Number(key.shape[1]);
  const alpha = scoreScale(query);
  const along = reduceSum(mul(mixed, d), -1, { keepDimensions: true });
  const upstream = foldGroups(d, shared);
  const weightGradients = matMul(upstream, value, { transposeB: true });
  const scores = mul(sub(weightGradients, foldGroups(along, shared)), weights);
  return {
    query: unfoldGroups(matMul(scores, key, { alpha }), d),
    key: matMul(scores, query, { transposeA: true, alpha }),
    value: matMul(weights, upstream, { transposeA: true }),
  };
}

/** Sums tensors of which each covers a longer beginning of the time axis than the one before. */
function sumOfBeginnings(parts: readonly Tensor[]): Tensor {
  return parts.reduce((shorter, longer) => {
    const length = Number(shorter.shape[2]);
    const [beginning, rest] = split(longer, 2, [length, Number(longer.shape[2]) - length]);
    return concat([add(beginning!, shorter), rest!], 2);
  });
}
