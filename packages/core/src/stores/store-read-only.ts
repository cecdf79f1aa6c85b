/** What a store that is only read says when it is told to write. */
import { LlmError } from '../errors.js';

/** `place`: what is only read, as the user knows it. */
export function storeReadOnly(key: string, place: string): LlmError {
  return new LlmError({
    code: 'core/store-read-only',
    message: `"${key.slice(0, 200)}" cannot be changed: ${place} is only read. Write to another store.`,
    details: { key, place },
  });
}
