/**
 * Gradient checkpointing (Chen et al., 2016): a part of the graph whose
 * intermediate results are not kept for the backward pass but computed again
 * when its gradient is. Memory for time: one more forward pass of that part.
 */

import { add } from '../functions/elementwise.js';
import { concat, split } from '../functions/movement.js';
import { pullBack } from '../gradients/differentiate.js';
import type { Tensor } from '../graph/graph.js';
import { shapeError } from '../tensors/shape.js';
import { postponed, zeroAfter } from './sequencing.js';

/**
 * `build(inputs)` without keeping what it computes on the way. Every tensor through which a gradient flows,
 * parameters included, must be listed in `inputs`. `build` is called twice and must do the same both times.
 */
export function recompute(
  inputs: readonly Tensor[],
  build: (inputs: readonly Tensor[]) => readonly Tensor[],
): readonly Tensor[] {
  const { graph } = inputs[0]!;
  return graph.composite(
    inputs,
    () => build(inputs),
    ({ outputGradients, accumulated, needs }) => {
      const zero = zeroAfter(graph, [...outputGradients, ...accumulated]);
      const again = postponed(inputs, zero);
      const upstream = outputGradients.map((gradient) => gradient && add(gradient, zero));
      const firstNode = graph.nodes.length;
      const outputs = build(again);
      const asked = inputs.flatMap((_, index) => (needs(index) ? [index] : []));
      const found = pullBack(
        outputs,
        upstream,
        asked.map((index) => again[index]!),
        firstNode,
      );
      graph.latestResults = found;
      return inputs.map((_, index) => found[asked.indexOf(index)]);
    },
  );
}

/**
 * `recompute` in pieces of at most `chunk` positions: x [positions, ...].
 * `build` gets a piece of x, the `others` whole (everything else through which a
 * gradient flows) and the piece's bounds; its results [piece, ...] are joined.
 */
export function recomputeInChunks(
  x: Tensor,
  others: readonly Tensor[],
  chunk: number,
  build: (piece: Tensor, others: readonly Tensor[], start: number, end: number) => Tensor,
): Tensor {
  const bounds = chunkBounds(x.shape[0], chunk);
  // Split, because its gradient is one concatenation; slices would each be padded back to the whole.
  const rows = split(
    x,
    0,
    bounds.map(([start, end]) => end - start),
  );
  const pieces = bounds.map(([start, end], index) => {
    const [piece] = recompute([rows[index]!, ...others], ([row, ...rest]) => [build(row!, rest, start, end)]);
    return piece!;
  });
  return concat(pieces, 0);
}

/**
 * [start, end) of each piece; throws `graph/shape-mismatch`
 * where the size is a symbol or the chunk no positive integer.
 */
export function chunkBounds(
  size: number | string | undefined,
  chunk: number,
): [start: number, end: number][] {
  if (typeof size !== 'number' || !Number.isInteger(chunk) || chunk < 1) {
    throw shapeError(`Pieces of ${chunk} need a known number of positions, got ${size}.`);
  }
  return Array.from({ length: Math.ceil(size / chunk) }, (_, index) => [
    index * chunk,
    Math.min((index + 1) * chunk, size),
  ]);
}
