/**
 * What of a history goes into the prompt when it does not fit the model's window: the system message and the
 * last user message with all that follows it stay; of the rest the oldest goes first, a user message together
 * with its answer. An answer is left room for `maxNewTokens`, at most a quarter of the window.
 */
import { LlmError } from '@llm/core';
import type { ChatMessage } from '../assistant.js';

export interface FittedPrompt {
  readonly ids: Int32Array;
  readonly messages: readonly ChatMessage[];
  readonly omitted: number;
}

export interface WindowOptions {
  /** In tokens. */
  readonly contextLength: number;
  readonly maxNewTokens?: number | undefined;
}

/** Throws `assistant/prompt-too-long` when what stays does not fit. */
export function fitWindow(
  messages: readonly ChatMessage[],
  render: (messages: readonly ChatMessage[]) => Int32Array,
  { contextLength, maxNewTokens }: WindowOptions,
): FittedPrompt {
  const turns = messages.findIndex(({ role }) => role !== 'system');
  const opening = messages.slice(0, Math.max(0, turns));
  const starts = messages.flatMap(({ role }, index) =>
    role === 'user' && messages[index - 1]?.role !== 'user' ? [index] : [],
  );
  const room = Math.min(Math.ceil(contextLength / 4), maxNewTokens ?? Number.POSITIVE_INFINITY);
  const attempt = (exchange: number): { ids: Int32Array; kept: readonly ChatMessage[] } => {
    const kept = exchange === 0 ? messages : [...opening, ...messages.slice(starts[exchange])];
    return { ids: render(kept), kept };
  };
  const last = Math.max(0, starts.length - 1);
  // The fewest exchanges to leave out: more never make a prompt longer.
  let [low, high] = [0, last];
  let best = attempt(0);
  if (last > 0 && best.ids.length + room > contextLength) {
    best = attempt(last);
    low = 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = attempt(middle);
      if (found.ids.length + room <= contextLength) {
        high = middle;
        best = found;
      } else low = middle + 1;
    }
  }
  if (best.ids.length >= contextLength)
    throw new LlmError({
      code: 'assistant/prompt-too-long',
      message: `The last message ${opening.length > 0 ? 'and the system message have' : 'has'} ${best.ids.length} tokens; the model sees ${contextLength} with its answer. Write a shorter one.`,
      details: { tokens: best.ids.length, contextLength },
    });
  return {
    ids: best.ids,
    messages: best.kept,
    omitted: messages.length - best.kept.length,
  };
}
