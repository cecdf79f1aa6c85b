/**
 * A context and what follows it as token ids. Both are encoded as one text, so that the border falls where
 * the tokenizer would have put it; blanks at its end belong to what follows (lm-evaluation-harness).
 */
import { LlmError, type Tokenizer } from '@llm/core';

export interface ContinuationTokens {
  /** BOS, context and continuation; the context's beginning is cut off where the window is too short. */
  readonly ids: Int32Array;
  /** How many at the end are the continuation. */
  readonly length: number;
  readonly truncated: boolean;
}

/** undefined when the continuation alone does not fit into the model's window of `contextLength`. */
export function continuationTokens(
  tokenizer: Tokenizer,
  bosToken: number,
  context: string,
  continuation: string,
  contextLength: number,
): ContinuationTokens | undefined {
  const before = context.trimEnd();
  const whole = tokenizer.encode(context + continuation);
  const length = whole.length - (before === '' ? 0 : tokenizer.encode(before).length);
  if (length < 1)
    throw new LlmError({
      code: 'model/evaluation-continuation-empty',
      message: `After ${JSON.stringify(context.slice(-40))}, ${JSON.stringify(continuation)} is no token, so it has no probability. Leave the item out.`,
    });
  if (length > contextLength) return undefined;
  // The last token is only predicted, so one more than the window is usable.
  const usable = Math.min(whole.length + 1, contextLength + 1);
  const ids = new Int32Array(whole.length + 1);
  ids[0] = bosToken;
  ids.set(whole, 1);
  return { ids: ids.slice(ids.length - usable), length, truncated: usable < ids.length };
}
