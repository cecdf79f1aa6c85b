/**
 * Pairs of answers to the same prompt → rows of a batch: row
 * 2i is the chosen answer, row 2i + 1 the rejected one.
 */
import type { Conversation, ConversationRenderer, Part, TokenBatch } from '@llm/core';
import { checkNumber } from '@llm/core';
import { layOutAnswers, type RenderedAnswer, renderAnswer, type ScoredPlace } from './answer-rows.js';

export interface PreferencePair {
  readonly id?: string | undefined;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  readonly chosen: readonly Part[];
  readonly rejected: readonly Part[];
  /** How much better the chosen answer is, for `bradleyTerry({ margin: true })`. Default 0. */
  readonly margin?: number | undefined;
}

/** One pair as ids and masks. */
export interface RenderedPair {
  readonly chosen: RenderedAnswer;
  readonly rejected: RenderedAnswer;
  readonly margin: number;
}

/** Throws what `renderAnswer` throws, and `core/option-invalid` for a margin that is no number. */
export function renderPair(
  pair: PreferencePair,
  renderer: ConversationRenderer,
  columns: number,
  place: ScoredPlace = 'answers',
): RenderedPair {
  const render = (parts: readonly Part[], which: string): RenderedAnswer =>
    renderAnswer(pair.prompt, parts, {
      renderer,
      place,
      columns,
      what: `The ${which} answer of pair ${pair.id ?? '(no id)'}`,
    });
  const { margin = 0 } = pair;
  checkNumber('margin', margin);
  return { chosen: render(pair.chosen, 'chosen'), rejected: render(pair.rejected, 'rejected'), margin };
}

/** [2 × pairs, columns]; normalizer = pairs; extra input `margin` at the beginning of each chosen row. */
export function createPreferenceBatch(
  pairs: readonly RenderedPair[],
  columns: number,
  place: ScoredPlace = 'answers',
): TokenBatch {
  const answers = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const batch = layOutAnswers(answers, columns, place);
  const margin = new Float32Array(batch.rows * columns);
  for (const [index, pair] of pairs.entries()) margin[2 * index * columns] = pair.margin;
  return { ...batch, normalizer: pairs.length, extraInputs: { margin } };
}
