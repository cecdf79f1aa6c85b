/**
 * Log-probabilities of continuations. Sequences of about one length are scored together, in a few fixed
 * shapes (one compiled graph each); a shape holds about `batchTokens` tokens.
 */
import { type LanguageModel, throwIfAborted } from '@llm/core';
import type { ContinuationTokens } from './continuation-tokens.js';

/** Σ log p of each continuation's tokens given its context, in the order of `sequences`. */
export async function scoreContinuations(
  model: LanguageModel,
  sequences: readonly ContinuationTokens[],
  { batchTokens, signal }: { readonly batchTokens: number; readonly signal: AbortSignal | undefined },
): Promise<Float64Array> {
  const sums = new Float64Array(sequences.length);
  for (const [columns, members] of byColumns(sequences, model.contextLength)) {
    const rows = Math.max(1, Math.floor(batchTokens / columns));
    for (let first = 0; first < members.length; first += rows) {
      throwIfAborted(signal);
      const inputs = new Int32Array(rows * columns);
      const targets = new Int32Array(rows * columns);
      const batch = members.slice(first, first + rows);
      for (const [row, member] of batch.entries()) {
        const { ids } = sequences[member]!;
        inputs.set(ids.subarray(0, -1), row * columns);
        targets.set(ids.subarray(1), row * columns);
      }
      const scores = await model.logProbabilities({ rows, columns, inputs, targets });
      for (const [row, member] of batch.entries()) {
        const { ids, length } = sequences[member]!;
        const end = row * columns + ids.length - 1;
        for (let at = end - length; at < end; at++) sums[member]! += scores[at]!;
      }
    }
  }
  return sums;
}

/** Indices of the sequences by the width of their batch, longest first: memory runs out early or never. */
function byColumns(sequences: readonly ContinuationTokens[], contextLength: number): [number, number[]][] {
  const groups = new Map<number, number[]>();
  for (const [index, { ids }] of sequences.entries()) {
    const columns = Math.min(contextLength, paddedLength(ids.length - 1));
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [index]);
    else group.push(index);
  }
  return [...groups].sort(([a], [b]) => b - a);
}

/** 16, 24, 32, 48, 64, 96, …: at most a third of a row is padding. */
function paddedLength(length: number): number {
  let size = 16;
  for (; size < length; size *= 2) if (length <= size * 1.5) return size * 1.5;
  return size;
}
