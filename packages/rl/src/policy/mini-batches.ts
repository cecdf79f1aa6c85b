/**
 * A rollout batch in parts: those that are computed at a time, and those that each are one optimizer step.
 */
import type { TokenBatch } from '@llm/core';
import { splitBatch } from '@llm/core/training';

/** Tokens that are trained in each part of so many rows. */
export class MicroBatches {
  readonly #tokens: Float64Array;

  constructor(
    rows: number,
    readonly rowsAtOnce: number,
  ) {
    this.#tokens = new Float64Array(Math.ceil(rows / rowsAtOnce));
  }

  get count(): number {
    return this.#tokens.length;
  }

  /** `row` below 0: an answer that was left out. */
  add(row: number, tokens: number): void {
    if (row >= 0) this.#tokens[Math.floor(row / this.rowsAtOnce)]! += tokens;
  }

  tokens(row: number): number {
    return this.#tokens[Math.floor(row / this.rowsAtOnce)]!;
  }
}

/**
 * A rollout batch as `count` batches for one optimizer step each, of neighbouring rows, fewer where there are
 * not as many rows. Each has its share of the normalizer, as TRL divides `steps_per_generation`.
 */
export function miniBatches(batch: TokenBatch, count: number): TokenBatch[] {
  if (count === 1) return [batch];
  const parts = splitBatch(batch, Math.ceil(batch.rows / count));
  return parts.map((part) => {
    const { tokenShare, ...others } = part.extraInputs ?? {};
    const shares = tokenShare && { tokenShare: tokenShare.map((share) => share * parts.length) };
    const normalizer = batch.normalizer / parts.length;
    return { ...part, normalizer, extraInputs: { ...others, ...shares } };
  });
}
