/** How text is cut into pieces before merging. Pieces never merge with each other. */
import type { JsonValue } from '@llm/core';
import type { Pattern } from './patterns.js';
import type { Scanner } from './scan-runs.js';

export type PreTokenizer = Description & (Scanned | Split);

interface Description {
  /** The pattern's text, where one pattern says it all. */
  readonly source?: string | undefined;
  /** As `pre_tokenizer` of a `tokenizer.json`. */
  readonly json: JsonValue;
  /**
   * A space is put before what does not begin with one: every stretch between added tokens, or the text at
   * its beginning only. Default: nothing is.
   */
  readonly spacePrefix?: 'every' | 'first' | undefined;
}

interface Scanned {
  /** Over UTF-8. */
  readonly scanner: Scanner;
  /** Between which UTF-16 units a piece ends whatever is around. Default: where all patterns' pieces do. */
  readonly isCut?: ((before: number, after: number) => boolean) | undefined;
  readonly split?: undefined | undefined;
}

/** For what only regular expressions describe. */
interface Split {
  readonly scanner?: undefined | undefined;
  readonly isCut?: undefined | undefined;
  /** Calls `visit` with the bounds of every piece in UTF-16 units, in order. */
  readonly split: (text: string, visit: (start: number, end: number) => void) => void;
}

/** What a pattern's text says of its pre-tokenizer. */
export function describePattern(source: string): { readonly source: string; readonly json: JsonValue } {
  return {
    source,
    json: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
  };
}

/** Needs no regular expressions, nor the code that reads them. */
export function scannedPreTokenizer({ source, scanner }: Pattern): PreTokenizer {
  return { ...describePattern(source), scanner };
}
