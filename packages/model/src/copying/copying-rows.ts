/**
 * Rows of random tokens that are read again and again: nothing but what stood there before tells what comes
 * next. Only repeats are learnt; the first time a token is chance.
 */
import type { Random, TokenBatch } from '@llm/core';

/** Lengths of what is repeated, in tokens. */
const [shortest, longest] = [4, 48];

export interface CopyingRows {
  readonly rows: number;
  readonly columns: number;
  /** The ids that are drawn from. */
  readonly ids: Int32Array;
}

/** A batch of such rows; each is filled by one sequence. */
export function copyingBatch({ rows, columns, ids }: CopyingRows, random: Random): TokenBatch {
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const weights = new Float32Array(rows * columns);
  let normalizer = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const period = shortest + random.integer(Math.min(longest, columns >> 1) - shortest + 1);
    const sequence = Int32Array.from({ length: period }, () => ids[random.integer(ids.length)]!);
    for (let column = 0; column < columns; column++) {
      inputs[start + column] = sequence[column % period]!;
      targets[start + column] = sequence[(column + 1) % period]!;
    }
    weights.fill(1, start + period, start + columns);
    normalizer += columns - period;
  }
  return { rows, columns, inputs, targets, weights, normalizer };
}
