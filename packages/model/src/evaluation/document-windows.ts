/** A document as windows without overlap, each begun with the token before it: the rule of `bitsPerByte`. */
import type { Tokenizer } from '@llm/core';
import { withBos } from '../feed/bos-token.js';
import type { ContinuationTokens } from './continuation-tokens.js';

/** undefined for a document of which no byte is predicted. */
export function documentWindows(
  tokenizer: Tokenizer,
  bosToken: number | null,
  text: string,
  contextLength: number,
): ContinuationTokens[] | undefined {
  const ids = withBos(bosToken, tokenizer.encode(text));
  const windows: ContinuationTokens[] = [];
  for (let start = 1; start < ids.length; start += contextLength) {
    const end = Math.min(ids.length, start + contextLength);
    windows.push({ ids: ids.slice(start - 1, end), length: end - start, truncated: false });
  }
  return byteCount(tokenizer, windows) === 0 ? undefined : windows;
}

/** Bytes that the scored tokens stand for. */
export function byteCount(tokenizer: Tokenizer, windows: readonly ContinuationTokens[]): number {
  let bytes = 0;
  for (const { ids } of windows) for (const id of ids.subarray(1)) bytes += tokenizer.byteLength(id);
  return bytes;
}
