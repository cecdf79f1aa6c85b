/**
 * The batch of any step from (seed, step) alone: rows are counted through an endless sequence of epochs,
 * each a fresh shuffle packed anew. Best-fit decreasing needs the same number of rows for every order of the
 * same lengths, so step s finds its rows without replaying the steps before it.
 */
import type { RenderedConversation, TokenBatch } from '@llm/core';
import { checkNumber, createRandom, LlmError } from '@llm/core';
import { bestFitDecreasing } from './best-fit-decreasing.js';
import { layOutRows } from './pack-conversations.js';

export interface BatchSource {
  readonly rowsPerEpoch: number;
  /** Same step, same batch, in any order of calls. */
  batch(step: number): TokenBatch;
}

export interface BatchSourceOptions {
  readonly examples: readonly RenderedConversation[];
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
}

/** Throws `sft/no-conversations` when there is nothing to draw from, and `core/option-invalid`. */
export function createBatchSource(options: BatchSourceOptions): BatchSource {
  const { examples, rows, columns, seed } = options;
  checkNumber('rows', rows, { minimum: 1, integer: true });
  checkNumber('columns', columns, { minimum: 1, integer: true });
  checkNumber('seed', seed);
  if (examples.length === 0) {
    throw new LlmError({
      code: 'sft/no-conversations',
      message: `No conversation fits into ${columns} positions, so there is nothing to train on; add conversations or raise columns.`,
      details: { columns },
    });
  }
  const pack = (epoch: number): number[][] => {
    const random = createRandom(seed, 'sft', 'epoch', epoch);
    const order = random.shuffle(examples.map((_, index) => index));
    const packed = bestFitDecreasing(
      order.map((index) => examples[index]!.ids.length - 1),
      columns,
    );
    // Packing sorts by length; shuffle the rows so that a batch is not all long or all short.
    return random.shuffle(packed).map((row) => row.map((position) => order[position]!));
  };
  let epochOfRows = 0;
  let epochRows = pack(0);
  const rowsPerEpoch = epochRows.length;
  const rowAt = (index: number): RenderedConversation[] => {
    const epoch = Math.floor(index / rowsPerEpoch);
    if (epoch !== epochOfRows) {
      epochRows = pack(epoch);
      epochOfRows = epoch;
    }
    return epochRows[index % rowsPerEpoch]!.map((example) => examples[example]!);
  };
  return {
    rowsPerEpoch,
    batch: (step) =>
      layOutRows(
        Array.from({ length: rows }, (_, row) => rowAt(step * rows + row)),
        columns,
      ),
  };
}
