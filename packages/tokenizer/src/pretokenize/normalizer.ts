/**
 * What happens to text before anything else, as a `tokenizer.json`
 * says it (most byte-level files: nothing or NFC).
 */
import type { JsonValue } from '@llm/core';

export interface Normalizer {
  normalize(text: string): string;
  /** As in the file it came from. */
  readonly json: JsonValue;
}
