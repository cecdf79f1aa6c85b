/** Answers to prompts as rows of a batch, for objectives that compare or judge whole answers. */
import type { Conversation, ConversationRenderer, Part, TokenBatch } from '@llm/core';
import { LlmError } from '@llm/core';

export interface RenderedAnswer {
  /** The whole conversation, prompt first. */
  readonly ids: Int32Array;
  /** [ids.length] 1 on the last answer's own tokens, its stop token included; 0 on earlier ones */
  readonly mask: Uint8Array;
}

/**
 * What of an answer has a weight: each of its tokens as a target (`answers`), or the position that has read
 * all of it, stop token included (`ends`), where a scalar head judges it.
 */
export type ScoredPlace = 'answers' | 'ends';

/** Positions that a row needs. */
export const positionsOf = ({ ids }: RenderedAnswer, place: ScoredPlace): number =>
  place === 'ends' ? ids.length : ids.length - 1;

export interface AnswerRowOptions {
  readonly renderer: ConversationRenderer;
  readonly place: ScoredPlace;
  readonly columns: number;
  /** Of the answer, for errors: `the chosen answer of pair p7`. */
  readonly what: string;
}

/** Throws `rl/answer-too-long`, `rl/answer-empty`, and what the renderer throws. */
export function renderAnswer(
  prompt: Conversation,
  parts: readonly Part[],
  { renderer, place, columns, what }: AnswerRowOptions,
): RenderedAnswer {
  const start = renderer.renderPrompt(prompt).length;
  const { ids, mask } = renderer.render({ messages: [...prompt.messages, { role: 'assistant', parts }] });
  const answer = { ids, mask: mask.map((own, position) => (position < start ? 0 : own)) };
  const positions = positionsOf(answer, place);
  if (positions > columns)
    throw new LlmError({
      code: 'rl/answer-too-long',
      message: `${what} needs ${positions} positions, rows hold ${columns}; leave it out.`,
      details: { positions, columns },
    });
  if (!answer.mask.includes(1))
    throw new LlmError({
      code: 'rl/answer-empty',
      message: `${what} has no token of the assistant's to judge; leave it out.`,
    });
  return answer;
}

/** [answers, columns]; weights 1 where `place` says, normalizer 1, without extra inputs. */
export function layOutAnswers(
  answers: readonly RenderedAnswer[],
  columns: number,
  place: ScoredPlace,
): TokenBatch {
  const rows = answers.length;
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const weights = new Float32Array(rows * columns);
  for (const [row, { ids, mask }] of answers.entries()) {
    const start = row * columns;
    targets.set(ids.subarray(1), start);
    if (place === 'ends') {
      inputs.set(ids, start);
      weights[start + mask.lastIndexOf(1)] = 1;
    } else {
      inputs.set(ids.subarray(0, -1), start);
      weights.set(mask.subarray(1), start);
    }
  }
  return { rows, columns, inputs, targets, weights, normalizer: 1 };
}
