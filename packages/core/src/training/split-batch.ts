/**
 * A batch cut into smaller ones for gradient accumulation:
 * what `trainStep` computes from the list is the whole's step.
 */

import type { TokenBatch } from '../contracts/trainable-model.js';
import { LlmError } from '../errors.js';

/**
 * Batches of at most `rows` rows, each with the whole's normalizer, without
 * copying. Objectives that compare rows (preference pairs) need a multiple of
 * their group. Throws `model/batch-invalid` when `rows` is not a positive integer.
 */
export function splitBatch(batch: TokenBatch, rows: number): TokenBatch[] {
  if (!Number.isInteger(rows) || rows < 1)
    throw new LlmError({
      code: 'model/batch-invalid',
      message: `A batch cannot be cut into parts of ${rows} rows; that must be a positive integer.`,
    });
  return Array.from({ length: Math.ceil(batch.rows / rows) }, (_, index) => {
    const [start, end] = [index * rows, Math.min((index + 1) * rows, batch.rows)];
    // What holds a number for each id is as many times longer.
    const part = <T extends Int32Array | Float32Array>(data: T): T => {
      const width = data.length / batch.rows;
      return data.subarray(start * width, end * width) as T;
    };
    return {
      ...batch,
      rows: end - start,
      inputs: part(batch.inputs),
      targets: part(batch.targets),
      weights: part(batch.weights),
      segments: batch.segments && part(batch.segments),
      branches: batch.branches && part(batch.branches),
      // Every part has noise of its own.
      embeddingNoise: batch.embeddingNoise && {
        ...batch.embeddingNoise,
        seed: batch.embeddingNoise.seed + index,
      },
      extraInputs:
        batch.extraInputs &&
        Object.fromEntries(Object.entries(batch.extraInputs).map(([name, data]) => [name, part(data)])),
    };
  });
}
