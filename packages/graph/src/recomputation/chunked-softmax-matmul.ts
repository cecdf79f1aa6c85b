/**
 * softmax(queries · keysᵀ) · values in pieces of queries, so that the weights of all pairs of positions are
 * never held (Rabe and Staats, 2021). The gradient computes only a piece's weights again, and takes the sums
 * over keys from the kept result (FlashAttention, Dao et al., 2022).
 */

import { constantScalar } from '../functions/constants.js';
import { add, equal, mul, sub, tanh, where } from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { concat, reshape, slice, split, unsqueeze } from '../functions/movement.js';
import { reduceSum } from '../functions/reduce.js';
import { softmax } from '../functions/softmax.js';
import type { Tensor } from '../graph/graph.js';
import { formatShape, shapeError } from '../tensors/shape.js';
import { chunkBounds } from './recompute.js';
import { postponed, zeroAfter } from './sequencing.js';

export interface ChunkedSoftmaxMatMulOptions {
  /** Queries per piece. A piece holds [..., chunk, keys] while it is computed. */
  readonly chunk: number;
  /** Factor on the scores. Default 1. */
  readonly alpha?: number | undefined;
  /**
   * Query i looks at keys 0…i; most of the later keys are not
   * computed at all. Needs as many keys as queries. Default false.
   */
  readonly causal?: boolean | undefined;
  /** Of a causal product: query i looks at keys i − window + 1…i only. Default: all. */
  readonly window?: number | undefined;
  /** scores = cap · tanh(scores / cap). Default: none. */
  readonly softcap?: number | undefined;
  /**
   * float32 [batch, positions]: a query looks only at keys with
   * its own number. For queries [batch, heads, positions, width].
   */
  readonly groups?: Tensor | undefined;
}

/**
 * Causal pieces look at the keys up to the end of their eighth of the positions,
 * not to their own end: the runtime keeps a buffer for the next tensor of the
 * same shape, so every further shape costs memory for the whole run.
 */
const causalBlocks = 8;

/** Added to a score that must not count. Finite, so that a query without any key stays a number. */
const excluded = -1e9;

/**
 * softmax(alpha · queries · keysᵀ) · values: queries [..., heads, m, width], keys [..., h, n, width], values
 * [..., h, n, depth] → [..., heads, m, depth]. Where heads is a multiple of h, neighbouring heads share keys.
 */
export function chunkedSoftmaxMatMul(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  options: ChunkedSoftmaxMatMulOptions,
): Tensor {
  const { graph } = queries;
  const { alpha = 1, causal = false, groups, chunk, window, softcap } = options;
  const axis = queries.shape.length - 2;
  const count = keys.shape[axis] as number;
  if (causal && count !== queries.shape[axis])
    throw shapeError(
      `A causal product needs as many keys as queries, got ${formatShape(keys.shape)} for ${formatShape(queries.shape)}.`,
    );
  if (window !== undefined && (!causal || !Number.isInteger(window) || window < 1))
    throw shapeError(`A window is a positive number of keys of a causal product, got ${window}.`);
  const bounds = chunkBounds(queries.shape[axis], chunk);
  const block = chunk * Math.ceil(bounds.length / (causal ? causalBlocks : 1));
  const pieces = bounds.map(([start, end]): Piece => {
    if (window !== undefined) {
      // Each mask is like the one before, and pieces that follow one another share a key at least.
      const from = Math.max(0, start - Math.max(2, window) + 1);
      return { start, end, from, first: from, last: end };
    }
    const first = causal ? start - (start % block) : 0;
    return { start, end, from: 0, first, last: causal ? Math.min(first + block, count) : count };
  });
  const cut = (x: Tensor): Tensor[] =>
    split(
      x,
      axis,
      pieces.map(({ start, end }) => end - start),
    );
  const sharing = axis > 0 ? (queries.shape[axis - 1] as number) / (keys.shape[axis - 1] as number) : 1;
  const masks = new Map<string, Tensor>();

  return graph.composite(
    [queries, keys, values],
    () => {
      // Tied to the queries, or the runtime would make one mask for all layers and keep it.
      const kinds = groups && postponed([groups], zeroAfter(graph, [queries]))[0]!;
      const [asking, parts] = [cut(queries), new Parts(keys, values, axis)];
      const mixed = pieces.map((piece, index) =>
        unfold(
          matMul(
            weightsOf(asking[index]!, parts, kinds, piece).weights,
            parts.values(piece.from, piece.last),
          ),
          sharing,
        ),
      );
      return [concat(mixed, axis)];
    },
    ({ outputs, outputGradients }) => {
      const d = outputGradients[0]!;
      const zero = zeroAfter(graph, [d]);
      const parts = new Parts(add(keys, zero), add(values, zero), axis);
      const [asking, mixed, upstream] = [cut(queries), cut(outputs[0]!), cut(d)];
      const queryGradients: Tensor[] = [];
      const keySum = new SumOverRanges(axis);
      const valueSum = new SumOverRanges(axis);
      // From the last piece to the first: a causal block leaves
      // the keys that it alone still saw finished behind it.
      for (const [index, piece] of [...pieces.entries()].reverse()) {
        const { from, last } = piece;
        const along = reduceSum(mul(mixed[index]!, upstream[index]!), -1, { keepDimensions: true });
        const before = [queryGradients[0], keySum.pending, valueSum.pending];
        const wait = index === pieces.length - 1 ? zero : zeroAfter(graph, before);
        const query = add(asking[index]!, wait);
        const { weights, bent } = weightsOf(query, parts, groups && add(groups, wait), piece);
        const slope = fold(upstream[index]!, sharing);
        const weightGradients = matMul(slope, parts.values(from, last), { transposeB: true });
        const capped = mul(weights, sub(weightGradients, fold(along, sharing)));
        const scores = bent === undefined ? capped : mul(capped, sub(1, mul(bent, bent)));
        queryGradients.unshift(unfold(matMul(scores, parts.keys(from, last), { alpha }), sharing));
        keySum.add(from, matMul(scores, fold(query, sharing), { transposeA: true, alpha }));
        valueSum.add(from, matMul(weights, slope, { transposeA: true }));
      }
      const results = [concat(queryGradients, axis), keySum.whole(), valueSum.whole()];
      graph.latestResults = results;
      return results;
    },
  )[0]!;

  /**
   * Weights of a piece's queries over keys from…last, [..., h, sharing · (end − start), last − from], and
   * where scores are capped tanh(scores / cap), alike.
   */
  function weightsOf(
    query: Tensor,
    parts: Parts,
    kinds: Tensor | undefined,
    { start, end, from, first, last }: Piece,
  ): { readonly weights: Tensor; readonly bent: Tensor | undefined } {
    const folded = fold(query, sharing);
    const bends: Tensor[] = [];
    const scoresOver = (begin: number, to: number): Tensor => {
      const products = matMul(folded, parts.keys(begin, to), { transposeB: true, alpha });
      if (softcap === undefined) return unfold(products, sharing);
      const bend = tanh(mul(products, 1 / softcap));
      bends.unshift(bend);
      return unfold(mul(bend, softcap), sharing);
    };
    let scores = scoresOver(first, last);
    if (causal) {
      scores = add(scores, causalMask(start - first, end - start, last - first));
      if (first > from) scores = concat([scoresOver(from, first), scores], axis + 1);
    }
    if (kinds !== undefined) {
      const asked = unsqueeze(slice(kinds, 1, start, end), [1, 3]);
      const seen = unsqueeze(slice(kinds, 1, from, last), [1, 2]);
      scores = add(scores, where(equal(asked, seen), constantScalar(graph, 0), excluded));
    }
    const bent = bends.length > 1 ? concat(bends, axis + 1) : bends[0];
    return { weights: fold(softmax(scores), sharing), bent };
  }

  /** Additive [rows, columns]: 0 up to the diagonal that begins in column `offset`, within the window. */
  function causalMask(offset: number, rows: number, columns: number): Tensor {
    const key = `${offset} ${rows} ${columns}`;
    let mask = masks.get(key);
    if (mask === undefined) {
      const data = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        const [begin, next] = [row * columns, offset + row + 1];
        data.fill(excluded, begin + Math.min(columns, next), begin + columns);
        if (window !== undefined) data.fill(excluded, begin, begin + Math.max(0, next - window));
      }
      mask = graph.constant(data, [rows, columns]);
      masks.set(key, mask);
    }
    return mask;
  }
}

/** Queries [start, end); the block of positions [first, last) they are in. They see keys from…last. */
interface Piece {
  readonly from: number;
  readonly start: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

/** Ranges of keys and values, each cut once. */
class Parts {
  readonly #cuts = new Map<string, Tensor>();

  constructor(
    private readonly allKeys: Tensor,
    private readonly allValues: Tensor,
    private readonly axis: number,
  ) {}

  keys(from: number, to: number): Tensor {
    return this.#cut(this.allKeys, 'keys', from, to);
  }

  values(from: number, to: number): Tensor {
    return this.#cut(this.allValues, 'values', from, to);
  }

  #cut(x: Tensor, name: string, from: number, to: number): Tensor {
    const key = `${name} ${from} ${to}`;
    const part =
      this.#cuts.get(key) ?? (from === 0 && to === x.shape[this.axis] ? x : slice(x, this.axis, from, to));
    this.#cuts.set(key, part);
    return part;
  }
}

/** The gradient of keys (or values), of which each piece, the last first, adds to an earlier range. */
class SumOverRanges {
  pending: Tensor | undefined;
  #from = 0;
  readonly #finished: Tensor[] = [];

  constructor(private readonly axis: number) {}

  /** `part` begins no later than what was added before, and ends within it. */
  add(from: number, part: Tensor): void {
    const length = part.shape[this.axis] as number;
    if (this.pending === undefined) {
      this.pending = part;
      this.#from = from;
      return;
    }
    const longer = this.#from + (this.pending.shape[this.axis] as number) - (from + length);
    if (longer > 0) {
      const held = this.pending.shape[this.axis] as number;
      const [shared, rest] = split(this.pending, this.axis, [held - longer, longer]);
      this.#finished.unshift(rest!);
      this.pending = shared!;
    }
    const earlier = this.#from - from;
    if (earlier > 0) {
      const [alone, both] = split(part, this.axis, [earlier, length - earlier]);
      this.pending = concat([alone!, add(this.pending, both!)], this.axis);
    } else this.pending = add(this.pending, part);
    this.#from = from;
  }

  whole(): Tensor {
    return concat([this.pending!, ...this.#finished], this.axis);
  }
}

/** [..., sharing · h, m, width] → [..., h, sharing · m, width] */
function fold(x: Tensor, sharing: number): Tensor {
  if (sharing === 1) return x;
  const [heads, positions, width] = x.shape.slice(-3) as [number, number, number];
  return reshape(x, [...x.shape.slice(0, -3), heads / sharing, positions * sharing, width]);
}

/** [..., h, sharing · m, width] → [..., sharing · h, m, width] */
function unfold(x: Tensor, sharing: number): Tensor {
  if (sharing === 1) return x;
  const [heads, positions, width] = x.shape.slice(-3) as [number, number, number];
  return reshape(x, [...x.shape.slice(0, -3), heads * sharing, positions / sharing, width]);
}
