/** Refuses a batch that does not fit the model, before it reaches native code. */
import { LlmError, type ScoreBatch, type TokenBatch } from '@llm/core';
import type { Objective } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';

/** Throws `model/batch-invalid` naming the field, or `model/token-out-of-range` with row and column. */
export function checkBatch(config: ModelConfig, batch: ScoreBatch | TokenBatch, objective?: Objective): void {
  const { rows, columns } = batch;
  const fail = (message: string): never => {
    throw new LlmError({ code: 'model/batch-invalid', message, details: { rows, columns } });
  };
  if (!(Number.isInteger(rows) && rows > 0 && Number.isInteger(columns) && columns > 0))
    fail(`A batch needs at least one row and one column, got ${rows} × ${columns}.`);
  const longest = 'branches' in batch && batch.branches ? longestWay(batch.branches, columns) : columns;
  if (longest > config.contextLength)
    fail(`The batch has ${longest} columns but the model's window is ${config.contextLength}. Cut the rows.`);
  const length = (name: string, data: ArrayLike<number> | undefined): void => {
    if (data?.length !== rows * columns)
      fail(
        `The batch's ${name} has ${data?.length ?? 'no'} values; ${rows} × ${columns} need ${rows * columns}.`,
      );
  };
  const { temperature } = batch;
  if (temperature !== undefined && !(temperature > 0 && Number.isFinite(temperature)))
    fail(`The batch's temperature is ${temperature}; it must be a number above 0.`);
  length('inputs', batch.inputs);
  length('targets', batch.targets);
  if ('weights' in batch) {
    length('weights', batch.weights);
    if (!(batch.normalizer > 0)) fail(`The batch's normalizer is ${batch.normalizer}; it must be positive.`);
    if (batch.segments !== undefined) length('segments', batch.segments);
    if (batch.branches !== undefined) {
      length('branches', batch.branches);
      if (batch.segments !== undefined)
        fail('The batch has both segments and branches; a row is one or the other.');
      for (let i = 1; i < batch.branches.length; i++)
        if (i % columns !== 0 && batch.branches[i] === 0 && batch.branches[i - 1] !== 0)
          fail(
            `The batch's branches are 0 again in row ${Math.floor(i / columns)}, column ${i % columns}; what all branches share stands at the beginning of a row.`,
          );
      const learnt = batch.weights.findIndex((weight, i) => weight !== 0 && batch.branches![i] === 0);
      if (learnt >= 0)
        fail(
          `The batch has a weight in row ${Math.floor(learnt / columns)}, column ${learnt % columns}, which is of no branch; only branches are learnt.`,
        );
    }
    for (const name of objective?.extraInputs ?? [])
      length(`extra input "${name}" of ${objective!.name}`, batch.extraInputs?.[name]);
    for (const name of objective?.vocabularyInputs ?? []) {
      const values = batch.extraInputs?.[name]?.length ?? 0;
      const wanted = rows * columns * config.vocabularySize;
      if (values !== wanted || batch.branches !== undefined)
        fail(
          `The batch's extra input "${name}" of ${objective!.name} has ${values} values; ${rows} × ${columns} rows without branches need ${wanted}, one for each id.`,
        );
    }
    const { alpha } = batch.embeddingNoise ?? { alpha: 1 };
    if (!(alpha > 0 && Number.isFinite(alpha)))
      fail(`The batch's embeddingNoise.alpha is ${alpha}; it must be a number above 0.`);
  }
  for (const ids of [batch.inputs, batch.targets]) {
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (id >= 0 && id < config.vocabularySize) continue;
      throw new LlmError({
        code: 'model/token-out-of-range',
        message: `The batch holds the id ${id} in row ${Math.floor(i / columns)}, column ${i % columns}; ids are 0 to ${config.vocabularySize - 1}. Use the tokenizer the model was trained with.`,
        details: { id, row: Math.floor(i / columns), column: i % columns },
      });
    }
  }
}

/** Positions of the longest beginning with one of its branches. */
function longestWay(branches: Int32Array, columns: number): number {
  let longest = 0;
  for (let start = 0; start < branches.length; start += columns) {
    const lengths = new Map<number, number>();
    for (const branch of branches.subarray(start, start + columns))
      lengths.set(branch, (lengths.get(branch) ?? 0) + 1);
    const shared = lengths.get(0) ?? 0;
    for (const [branch, length] of lengths)
      longest = Math.max(longest, branch === 0 ? length : shared + length);
  }
  return longest;
}
