/** Whether a continuation is what the model would write: each token the most likely one. */
import { type LanguageModel, throwIfAborted } from '@llm/core';
import type { ContinuationTokens } from './continuation-tokens.js';

/** In the order of `sequences`; `rows` are continued together. */
export async function greedyMatches(
  model: LanguageModel,
  sequences: readonly ContinuationTokens[],
  { rows, signal }: { readonly rows: number; readonly signal: AbortSignal | undefined },
): Promise<boolean[]> {
  const matches = new Array<boolean>(sequences.length);
  const order = [...sequences.keys()].sort((a, b) => sequences[b]!.ids.length - sequences[a]!.ids.length);
  for (let first = 0; first < order.length; first += rows) {
    throwIfAborted(signal);
    const batch = order.slice(first, first + rows).map((index) => ({ index, ...sequences[index]! }));
    const maxNewTokens = Math.max(...batch.map(({ length }) => length));
    // Generation keeps a place for every token it writes.
    const room = Math.max(1, model.contextLength - maxNewTokens);
    const prompts = batch.map(({ ids, length }) => ids.slice(0, -length).slice(-room));
    const completions = await model.generate(prompts, { maxNewTokens, temperature: 0, signal });
    for (const [row, { index, ids, length }] of batch.entries())
      matches[index] = ids.slice(-length).every((id, i) => completions[row]!.ids[i] === id);
  }
  return matches;
}
