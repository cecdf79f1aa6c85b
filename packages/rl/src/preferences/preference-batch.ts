/**
 * Pairs of answers to the same prompt → rows of a batch: row
 * 2i is the chosen answer, row 2i + 1 the rejected one.
 */
import type { Conversation, ConversationRenderer, Part, TokenBatch } from '@llm/core';
import { LlmError } from '@llm/core';

export interface PreferencePair {
  readonly id?: string | undefined;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  readonly chosen: readonly Part[];
  readonly rejected: readonly Part[];
}

/** One pair as ids and masks, [chosen, rejected]. */
export type RenderedPair = readonly [RenderedAnswer, RenderedAnswer];

export interface RenderedAnswer {
  /** The whole conversation, prompt first. */
  readonly ids: Int32Array;
  /** [ids.length] 1 on the last answer's own tokens, its stop token included; 0 on earlier ones */
  readonly mask: Uint8Array;
}

/**
 * Throws `rl/preference-too-long` when an answer with its prompt needs more than `columns` positions, and
 * what the renderer throws.
 */
export function renderPair(
  pair: PreferencePair,
  renderer: ConversationRenderer,
  columns: number,
): RenderedPair {
  const prompt = renderer.renderPrompt(pair.prompt).length;
  const render = (parts: readonly Part[], which: string): RenderedAnswer => {
    const messages = [...pair.prompt.messages, { role: 'assistant' as const, parts }];
    const { ids, mask } = renderer.render({ messages });
    if (ids.length - 1 > columns) {
      throw new LlmError({
        code: 'rl/preference-too-long',
        message: `The ${which} answer of pair ${pair.id ?? '(no id)'} needs ${ids.length - 1} positions, rows hold ${columns}; leave the pair out.`,
        details: { positions: ids.length - 1, columns },
      });
    }
    return { ids, mask: mask.map((own, position) => (position < prompt ? 0 : own)) };
  };
  return [render(pair.chosen, 'chosen'), render(pair.rejected, 'rejected')];
}

/** [2 × pairs, columns]; weights 1 on the answers' tokens, normalizer = pairs, without extra inputs. */
export function createPreferenceBatch(pairs: readonly RenderedPair[], columns: number): TokenBatch {
  const rows = 2 * pairs.length;
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const weights = new Float32Array(rows * columns);
  for (const [row, { ids, mask }] of pairs.flat().entries()) {
    inputs.set(ids.subarray(0, -1), row * columns);
    targets.set(ids.subarray(1), row * columns);
    weights.set(mask.subarray(1), row * columns);
  }
  return { rows, columns, inputs, targets, weights, normalizer: pairs.length };
}
