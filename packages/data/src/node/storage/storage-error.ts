import { LlmError } from '@llm/core';

export type StorageProblem =
  | 'changed'
  | 'credentials'
  | 'denied'
  | 'missing'
  | 'no-listing'
  | 'no-ranges'
  | 'protocol'
  | 'read-only'
  | 'unreachable'
  | 'url-invalid';

/** `data/storage-<problem>`: the message names the URL and what to do. */
export function storageError(
  problem: StorageProblem,
  url: string,
  message: string,
  cause?: unknown,
): LlmError {
  return new LlmError({
    code: `data/storage-${problem}`,
    message,
    details: { url: withoutQuery(url) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Queries may hold signatures. */
export const withoutQuery = (url: string): string => url.replace(/\?.*$/s, '');
