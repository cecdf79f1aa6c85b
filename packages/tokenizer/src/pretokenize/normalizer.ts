/**
 * What happens to text before anything else, as a `tokenizer.json`
 * says it (most byte-level files: nothing or NFC).
 */
import type { JsonValue } from '@llm/core';

export interface Normalizer {
  normalize(text: string): string;
  /**
   * A space that is put before what `normalize` leaves, unless that is empty; it is not part of the text that
   * offsets count in. Default: nothing is.
   */
  readonly prefix?: string | undefined;
  /** Spaces stand for the `▁` that it makes of them, which is no whitespace. Default false. */
  readonly marksSpaces?: boolean | undefined;
  /** It does nothing but that and `prefix`. Default false. */
  readonly isMarkOnly?: boolean | undefined;
  /** As in the file it came from. */
  readonly json: JsonValue;
}
