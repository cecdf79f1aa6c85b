/**
 * A context and what follows it as token ids. Both are encoded as one text, so that the border falls where
 * the tokenizer would have put it; blanks at its end belong to what follows (lm-evaluation-harness).
 */
import type { Tokenizer } from '@llm/core';
import { withBos } from '../feed/bos-token.js';
import type { LeftOut } from './left-out.js';

export interface ContinuationTokens {
  /** BOS, context and continuation; the context's beginning is cut off where the window is too short. */
  readonly ids: Int32Array;
  /** How many at the end are the continuation. */
  readonly length: number;
  readonly truncated: boolean;
}

/**
 * Why not, when the continuation alone does not fit into the model's window of `contextLength`, or has no
 * token that could be predicted.
 */
export function continuationTokens(
  tokenizer: Tokenizer,
  bosToken: number | null,
  context: string,
  continuation: string,
  contextLength: number,
): ContinuationTokens | LeftOut {
  const before = context.trimEnd();
  const whole = tokenizer.encode(context + continuation);
  const ids = withBos(bosToken, whole);
  const own = whole.length - (before === '' ? 0 : tokenizer.encode(before).length);
  // The first token of all has nothing before it.
  const length = Math.min(own, ids.length - 1);
  if (length < 1)
    return {
      reason: 'empty',
      message: `after ${JSON.stringify(context.slice(-40))}, ${JSON.stringify(continuation.slice(0, 40))} is no token, so it has no probability`,
    };
  if (length > contextLength)
    return {
      reason: 'too-long',
      message: `an answer of ${length} tokens, the window holds ${contextLength}`,
    };
  // The last token is only predicted, so one more than the window is usable.
  const usable = Math.min(ids.length, contextLength + 1);
  return { ids: ids.slice(ids.length - usable), length, truncated: usable < ids.length };
}
