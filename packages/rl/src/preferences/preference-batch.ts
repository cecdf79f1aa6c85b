/**
 * Pairs of answers to the same prompt → rows of a batch: row 2i the chosen answer and row 2i + 1 the rejected
 * one, or a row for both behind their prompt, which is then computed once.
 */
import type { Conversation, ConversationRenderer, Part, TokenBatch } from '@llm/core';
import { checkNumber } from '@llm/core';
import { work } from '../policy/pack-answers.js';
import {
  layOutAnswers,
  positionsOf,
  type RenderedAnswer,
  renderAnswer,
  type ScoredPlace,
} from './answer-rows.js';

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

export interface PreferenceLayout {
  /** A row for both answers of a pair. */
  readonly isShared: boolean;
  /** Columns that both answers of every pair have in common at least. */
  readonly shared?: number | undefined;
  readonly columns: number;
  readonly place: ScoredPlace;
}

/** Columns that both answers of a pair need where all but the last token of what they share stands once. */
function sharedWidth(pair: RenderedPair, place: ScoredPlace): number {
  const { chosen, rejected } = pair;
  const shared = commonColumns(pair);
  return positionsOf(chosen, place) + positionsOf(rejected, place) - shared;
}

/** At the last token before the answers targets begin to differ. */
function commonColumns({ chosen, rejected }: RenderedPair): number {
  const most = Math.min(chosen.ids.length, rejected.ids.length);
  const isCommon = (i: number): boolean =>
    chosen.ids[i] === rejected.ids[i] && chosen.mask[i] === 0 && rejected.mask[i] === 0;
  let common = 0;
  while (common < most && isCommon(common)) common++;
  return common - 1;
}

/**
 * Whichever is less work for pairs of these: a row for each answer of `columns`, or one for both. Rows are
 * alike in all steps, since each shape is a graph that has to be compiled.
 */
export function preferenceLayout(
  pairs: readonly RenderedPair[],
  columns: number,
  place: ScoredPlace = 'answers',
): PreferenceLayout {
  const widest = pairs.reduce((most, pair) => Math.max(most, sharedWidth(pair, place)), 1);
  const together = Math.ceil(widest / 16) * 16;
  const shared = pairs.reduce((least, pair) => Math.min(least, commonColumns(pair)), columns);
  const isShared = shared > 0 && work(1, together) < work(2, columns);
  return isShared ? { isShared, columns: together, shared, place } : { isShared, columns, place };
}

/**
 * [2 × pairs, columns], or [pairs, columns] where they share rows, `weights` of the rejected answers −1;
 * normalizer = pairs; extra input `margin` at one position of each pair's first row.
 */
export function createPreferenceBatch(pairs: readonly RenderedPair[], layout: PreferenceLayout): TokenBatch {
  if (layout.isShared) return sharedBatch(pairs, layout);
  const { columns, place } = layout;
  const answers = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const batch = layOutAnswers(answers, columns, place);
  const margin = new Float32Array(batch.rows * columns);
  for (const [index, pair] of pairs.entries()) margin[2 * index * columns] = pair.margin;
  return { ...batch, normalizer: pairs.length, extraInputs: { margin } };
}

function sharedBatch(pairs: readonly RenderedPair[], { columns, place }: PreferenceLayout): TokenBatch {
  const rows = pairs.length;
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const branches = new Int32Array(rows * columns);
  const weights = new Float32Array(rows * columns);
  const margin = new Float32Array(rows * columns);
  for (const [row, pair] of pairs.entries()) {
    const shared = commonColumns(pair);
    const start = row * columns;
    inputs.set(pair.chosen.ids.subarray(0, shared), start);
    targets.set(pair.chosen.ids.subarray(1, shared + 1), start);
    let at = start + shared;
    for (const [index, answer] of [pair.chosen, pair.rejected].entries()) {
      const { ids, mask } = answer;
      const end = at + positionsOf(answer, place) - shared;
      const weight = index === 0 ? 1 : -1;
      inputs.set(ids.subarray(shared, shared + end - at), at);
      targets.set(ids.subarray(shared + 1), at);
      branches.fill(index + 1, at, end);
      if (place === 'ends') weights[at + mask.lastIndexOf(1) - shared] = weight;
      else for (let i = at; i < end; i++) weights[i] = weight * mask[shared + 1 + i - at]!;
      if (index === 0) margin[at] = pair.margin;
      at = end;
    }
    // Padding sees the prompt alone, each position for itself.
    for (let branch = 3; at < start + columns; at++) branches[at] = branch++;
  }
  const batch = { rows, columns, inputs, targets, branches, weights };
  return { ...batch, normalizer: rows, extraInputs: { margin } };
}
