/**
 * Scaled dot-product attention over a whole sequence, in pieces of queries that meet only the keys up to
 * their own end, so that most of what the causal mask would hide is never computed. It carries its own
 * gradient: Σ over keys of p · dp equals Σ over the head of o · do, which is a smaller reduction
 * (FlashAttention, Dao et al. 2022). The visible scores are kept for the backward pass;
 * `chunkedSoftmaxMatMul` of `@llm/graph` computes them again instead.
 */
import {
  add,
  concat,
  matMul,
  mul,
  reduceSum,
  slice,
  softmax,
  split,
  sub,
  type Tensor,
  tanh,
} from '@llm/graph';
import { foldGroups, groupOf, repeatMask, unfoldGroups } from './heads.js';
import type { ScoreRule } from './score-rule.js';

/**
 * Queries per piece. Smaller pieces hide more and cost more nodes: forward and backward of 4 heads of 64 over
 * 4,096 tokens took 52.8 ms whole, 44.0 in halves and 42.9 in quarters of a window of 256, and 173, 133, 119
 * and 118 ms whole and in 2, 4 and 8 pieces of one of 1,024 (one thread).
 */
const pieceLength = 128;

export interface CausalAttentionOptions extends ScoreRule {
  /** The mask hides all keys so many places before a query or more; undefined: it may hide none of them. */
  readonly window?: number | undefined;
}

/**
 * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth] → like query.
 * `mask` is additive, [time, time] or [rows, 1, time, time], and must hide all later keys.
 */
export function causalAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  options: CausalAttentionOptions,
): Tensor {
  const time = Number(query.shape[2]);
  // Pieces that follow one another share a key at least.
  const reach = Math.max(2, options.window ?? time);
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
        const [start, end] = [ends[i - 1] ?? 0, ends[i]!];
        const first = Math.max(0, start - reach + 1);
        const seen = (x: Tensor): Tensor => (end - first === time ? x : slice(x, 2, first, end));
        const hidden = end - start === time ? mask : slice(slice(mask, -2, start, end), -1, first, end);
        return { ...attend(part, seen(key), seen(value), hidden, options), first };
      });
      return [
        concat(
          pieces.map(({ mixed }) => mixed),
          2,
        ),
      ];
    },
    ({ outputGradients: [d] }) => {
      const gradients = cut(d!).map((part, i) => attendGradients(pieces[i]!, part, options));
      const sum = (part: 'key' | 'value'): Tensor =>
        sumOfRanges(gradients.map((gradient, i) => ({ first: pieces[i]!.first, numbers: gradient[part] })));
      return [
        concat(
          gradients.map(({ query }) => query),
          2,
        ),
        sum('key'),
        sum('value'),
      ];
    },
  )[0]!;
}

/** Some queries and all the keys they may see. */
interface Piece {
  /** Where those keys begin. */
  readonly first: number;
  /** [rows, keyValueHeads, group · time, headWidth], see `foldGroups` */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  /** [rows, keyValueHeads, group · time, keys] */
  readonly weights: Tensor;
  /** tanh(scores / cap), like weights, where they are capped. */
  readonly bent: Tensor | undefined;
  /** [rows, heads, time, headWidth] */
  readonly mixed: Tensor;
}

function attend(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor,
  { scale, softcap }: ScoreRule,
): Omit<Piece, 'first'> {
  const folded = foldGroups(query, Number(key.shape[1]));
  const products = matMul(folded, key, { transposeB: true, alpha: scale });
  const bent = softcap === undefined ? undefined : tanh(mul(products, 1 / softcap));
  const scores = bent === undefined ? products : mul(bent, softcap!);
  const weights = softmax(add(scores, repeatMask(mask, groupOf(query, key))));
  return { query: folded, key, value, weights, bent, mixed: unfoldGroups(matMul(weights, value), query) };
}

function attendGradients(
  { query, key, value, weights, bent, mixed }: Piece,
  d: Tensor,
  { scale: alpha }: ScoreRule,
): { query: Tensor; key: Tensor; value: Tensor } {
  const shared = Number(key.shape[1]);
  const along = reduceSum(mul(mixed, d), -1, { keepDimensions: true });
  const upstream = foldGroups(d, shared);
  const weightGradients = matMul(upstream, value, { transposeB: true });
  const capped = mul(sub(weightGradients, foldGroups(along, shared)), weights);
  const scores = bent === undefined ? capped : mul(capped, sub(1, mul(bent, bent)));
  return {
    query: unfoldGroups(matMul(scores, key, { alpha }), d),
    key: matMul(scores, query, { transposeA: true, alpha }),
    value: matMul(weights, upstream, { transposeA: true }),
  };
}

/** Numbers at positions from `first` on, [..., positions, width]. */
interface Range {
  readonly first: number;
  readonly numbers: Tensor;
}

/** Sums ranges of the time axis, of which each begins and ends no earlier than the one before. */
function sumOfRanges(ranges: readonly Range[]): Tensor {
  const done: Tensor[] = [];
  const rest = ranges.reduce((earlier, later) => {
    const end = earlier.first + Number(earlier.numbers.shape[2]);
    let { numbers } = earlier;
    if (later.first > earlier.first) {
      const [alone, both] = split(numbers, 2, [later.first - earlier.first, end - later.first]);
      done.push(alone!);
      numbers = both!;
    }
    const length = Number(numbers.shape[2]);
    const [beginning, more] = split(later.numbers, 2, [length, Number(later.numbers.shape[2]) - length]);
    return { first: later.first, numbers: concat([add(beginning!, numbers), more!], 2) };
  });
  return done.length === 0 ? rest.numbers : concat([...done, rest.numbers], 2);
}
