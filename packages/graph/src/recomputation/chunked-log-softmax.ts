/**
 * Cross-entropy over many classes in pieces of positions that are recomputed in the backward pass, so that
 * the logits of all positions are never held (Cut Cross-Entropy, Wijmans et al., 2024, in its plain form).
 */

import { matMul } from '../functions/matmul.js';
import { split } from '../functions/movement.js';
import { logSoftmaxGather } from '../functions/softmax.js';
import type { Tensor } from '../graph/graph.js';
import { chunkBounds, recomputeInChunks } from './recompute.js';

export interface ChunkedLogSoftmaxGatherOptions {
  /** Positions per piece. A piece holds [chunk, classes] while it is computed. */
  readonly chunk: number;
  /** Applied to each piece of logits, for example a soft cap. */
  readonly transform?: ((logits: Tensor) => Tensor) | undefined;
}

/**
 * log softmax(x · weightᵀ)[target]: x [positions, width],
 * weight [classes, width], targets [positions] → [positions].
 */
export function chunkedLogSoftmaxGather(
  x: Tensor,
  weight: Tensor,
  targets: Tensor,
  { chunk, transform = (logits) => logits }: ChunkedLogSoftmaxGatherOptions,
): Tensor {
  // Split, because WebGPU has no kernel that slices integers.
  const wanted = split(
    targets,
    0,
    chunkBounds(targets.shape[0], chunk).map(([start, end]) => end - start),
  );
  return recomputeInChunks(x, [weight], chunk, (piece, [matrix], start) =>
    logSoftmaxGather(transform(matMul(piece, matrix!, { transposeB: true })), wanted[start / chunk]!),
  );
}
