/**
 * What options do to the scores of the next token of a row before it is drawn: frequency and presence
 * penalties and a bias per id with the formulas of OpenAI's API, then the set of allowed ids.
 */

import type { GenerateOptions } from '../contracts/language-model.js';
import { LlmError } from '../errors.js';

type Adjustments = Pick<
  GenerateOptions,
  'logitBias' | 'frequencyPenalty' | 'presencePenalty' | 'allowedTokens'
>;

/** Whether `adjustScores` does anything. */
export function adjustsScores(options: Adjustments): boolean {
  const { logitBias, frequencyPenalty = 0, presencePenalty = 0, allowedTokens } = options;
  const biased = logitBias !== undefined && logitBias.size > 0;
  return biased || frequencyPenalty !== 0 || presencePenalty !== 0 || allowedTokens !== undefined;
}

/**
 * Changes `scores` [ids that may be drawn], logits or log-probabilities, in place: an id that is not
 * allowed gets −Infinity. Throws `model/no-token-allowed` where that leaves none, and
 * `model/token-mask-too-short` for a mask that says nothing about some of the ids.
 */
export function adjustScores(
  scores: Float32Array,
  row: number,
  generated: readonly number[],
  options: Adjustments,
): void {
  const { frequencyPenalty = 0, presencePenalty = 0 } = options;
  if (frequencyPenalty !== 0 || presencePenalty !== 0)
    for (const [id, count] of countsOf(generated))
      if (id < scores.length) scores[id] = scores[id]! - (count * frequencyPenalty + presencePenalty);
  for (const [id, bias] of options.logitBias ?? []) if (id < scores.length) scores[id] = scores[id]! + bias;
  const allowed = options.allowedTokens?.(row, generated);
  if (allowed !== undefined) allowOnly(scores, allowed, row, generated.length);
}

function countsOf(ids: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function allowOnly(scores: Float32Array, allowed: Uint32Array, row: number, position: number): void {
  const words = Math.ceil(scores.length / 32);
  if (allowed.length < words)
    throw new LlmError({
      code: 'model/token-mask-too-short',
      message: `allowedTokens gave ${allowed.length} words for row ${row}; ${scores.length} ids are ${words} words of 32 bits. Give one bit for each id of the vocabulary.`,
      details: { row, words: allowed.length, needed: words },
    });
  let any = false;
  for (let id = 0; id < scores.length; id++) {
    if (((allowed[id >> 5]! >>> (id & 31)) & 1) === 1) any ||= scores[id]! > Number.NEGATIVE_INFINITY;
    else scores[id] = Number.NEGATIVE_INFINITY;
  }
  if (any) return;
  throw new LlmError({
    code: 'model/no-token-allowed',
    message: `allowedTokens leaves row ${row} no token after ${position} generated ones. Allow a stop token where the text may end.`,
    details: { row, position },
  });
}
