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

/** So many are rendered at once; of more the last of them first. */
const fewExchanges = 8;

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
  const fits = ({ ids }: { readonly ids: Int32Array }): boolean => ids.length + room <= contextLength;
  const last = Math.max(0, starts.length - 1);
  // A template that looks ahead takes time with the square of its messages: a long history is tried from
  // its end.
  let high = Math.max(0, starts.length - fewExchanges);
  let best = attempt(high);
  let low = 0;
  if (!fits(best) && last > 0) {
    low = high + 1;
    high = last;
    best = attempt(last);
  } else
    while (high > 0 && low === 0) {
      const fewer = Math.max(0, starts.length - 2 * (starts.length - high));
      const found = attempt(fewer);
      if (fits(found)) {
        high = fewer;
        best = found;
      } else low = fewer + 1;
    }
  // The fewest exchanges to leave out: more never make a prompt longer.
  while (low > 0 && low < high) {
    const middle = (low + high) >> 1;
    const found = attempt(middle);
    if (fits(found)) {
      high = middle;
      best = found;
    } else low = middle + 1;
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
