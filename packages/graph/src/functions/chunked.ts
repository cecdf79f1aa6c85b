/**
 * The two compositions whose intermediate results grow with the square of their inputs, computed in pieces that are
 * recomputed in the backward pass, so that no whole one is ever held: classes per position (Cut Cross-Entropy,
 * Wijmans et al., 2024, in its plain form) and weights per pair of positions (Rabe and Staats, 2021).
 */

import type { Tensor } from '../graph.js';
import { recompute } from '../recompute.js';
import { shapeError } from '../shape.js';
import { add } from './elementwise.js';
import { matMul } from './matmul.js';
import { concat, slice, split } from './movement.js';
import { logSoftmaxGather, softmaxMatMul } from './softmax.js';

export interface ChunkedLogSoftmaxGatherOptions {
  /** Positions per piece. A piece holds [chunk, classes] while it is computed. */
  readonly chunk: number;
  /** Applied to each piece of logits, for example a soft cap. */
  readonly transform?: (logits: Tensor) => Tensor;
}

/**
 * log softmax(x · weightᵀ)[target]: x [positions, width], weight [classes, width], targets [positions] → [positions].
 */
export function chunkedLogSoftmaxGather(
  x: Tensor,
  weight: Tensor,
  targets: Tensor,
  { chunk, transform = (logits) => logits }: ChunkedLogSoftmaxGatherOptions,
): Tensor {
  const parts = bounds(x.shape[0], chunk, 'chunkedLogSoftmaxGather');
  // Split, because its gradient is one concatenation; slices would each be padded back to the whole.
  const rows = split(
    x,
    0,
    parts.map(([start, end]) => end - start),
  );
  const pieces = parts.map(([start, end], index) => {
    const wanted = slice(targets, 0, start, end);
    const [piece] = recompute([rows[index]!, weight], ([part, matrix]) => [
      logSoftmaxGather(transform(matMul(part!, matrix!, { transposeB: true })), wanted),
    ]);
    return piece!;
  });
  return concat(pieces, 0);
}

export interface ChunkedSoftmaxMatMulOptions {
  /** Queries per piece. A piece holds [..., chunk, keys] while it is computed. */
  readonly chunk: number;
  /** Factor on the scores. Default 1. */
  readonly alpha?: number;
  /** Keys [first, last) that queries [start, end) look at. Default: all. Fewer keys cost less time. */
  readonly keysFor?: (start: number, end: number) => readonly [first: number, last: number];
  /** Added to the scores of queries [start, end) over keys [first, last): broadcasts to [..., end − start, last − first]. */
  readonly bias?: (start: number, end: number, first: number, last: number) => Tensor | undefined;
}

/**
 * softmax(alpha · queries · keysᵀ + bias) · values: queries [..., m, width], keys [..., n, width],
 * values [..., n, depth] → [..., m, depth].
 */
export function chunkedSoftmaxMatMul(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  { chunk, alpha = 1, keysFor, bias }: ChunkedSoftmaxMatMulOptions,
): Tensor {
  const axis = queries.shape.length - 2;
  const count = keys.shape[axis] as number;
  const part = (x: Tensor, from: number, to: number): Tensor =>
    from === 0 && to === x.shape[axis] ? x : slice(x, axis, from, to);
  const parts = bounds(queries.shape[axis], chunk, 'chunkedSoftmaxMatMul');
  const rows = split(
    queries,
    axis,
    parts.map(([start, end]) => end - start),
  );
  const pieces = parts.map(([start, end], index) => {
    const [first, last] = keysFor?.(start, end) ?? [0, count];
    const added = bias?.(start, end, first, last);
    // Keys and values are cut inside, so that the cuts are not kept either.
    const [piece] = recompute([rows[index]!, keys, values], ([asking, allKeys, allValues]) => {
      const scores = matMul(asking!, part(allKeys!, first, last), { transposeB: true, alpha });
      const biased = added === undefined ? scores : add(scores, added);
      return [softmaxMatMul(biased, part(allValues!, first, last))];
    });
    return piece!;
  });
  return concat(pieces, axis);
}

function bounds(size: number | string | undefined, chunk: number, what: string): [number, number][] {
  if (typeof size !== 'number' || !Number.isInteger(chunk) || chunk < 1) {
    throw shapeError(`${what}: pieces of ${chunk} need a known number of positions, got ${size}.`);
  }
  return Array.from({ length: Math.ceil(size / chunk) }, (_, index) => [
    index * chunk,
    Math.min((index + 1) * chunk, size),
  ]);
}
