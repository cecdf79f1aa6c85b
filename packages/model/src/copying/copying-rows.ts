/**
 * Rows of random tokens that are read again and again: nothing but what stood there before tells what comes
 * next. Only repeats are learnt; the first time a token is chance.
 */
import type { Random, TokenBatch, Tokenizer } from '@llm/core';

/** Lengths of what is repeated, in tokens. */
const [shortest, longest] = [4, 48];

/** Writes one sequence, again and again, into a row of a batch, as one document. */
export function copyingRow(
  { columns, inputs, targets, weights, segments }: Omit<TokenBatch, 'normalizer'>,
  row: number,
  ids: Int32Array,
  random: Random,
): void {
  const start = row * columns;
  const period = shortest + random.integer(Math.max(1, Math.min(longest, columns >> 1) - shortest + 1));
  const sequence = Int32Array.from({ length: period }, () => ids[random.integer(ids.length)]!);
  for (let column = 0; column < columns; column++) {
    inputs[start + column] = sequence[column % period]!;
    targets[start + column] = sequence[(column + 1) % period]!;
    weights[start + column] = column < period ? 0 : 1;
  }
  segments?.fill(0, start, start + columns);
}

/** A batch [rows × columns] of nothing else. */
export function copyingBatch(rows: number, columns: number, ids: Int32Array, random: Random): TokenBatch {
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const weights = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    copyingRow({ rows, columns, inputs, targets, weights }, row, ids, random);
  const normalizer = Math.max(
    1,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  return { rows, columns, inputs, targets, weights, normalizer };
}

/** What is copied: the tokens that stand for text. */
export function copiedIds(tokenizer: Tokenizer): Int32Array {
  const special = new Set(tokenizer.specialTokens.values());
  return Int32Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).filter(
    (id) => !special.has(id) && tokenizer.byteLength(id) > 0,
  );
}
