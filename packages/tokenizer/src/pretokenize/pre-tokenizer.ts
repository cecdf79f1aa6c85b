/** How text is cut into pieces before merging. Pieces never merge with each other. */
import { type JsonValue, LlmError } from '@llm/core';
import { findPattern, type Pattern, type PatternName, patterns } from './patterns.js';
import type { Scanner } from './scan-runs.js';
import { translatePattern } from './translate-pattern.js';

export interface PreTokenizer {
  /** The pattern's text, where one pattern says it all. */
  readonly source?: string;
  /** As `pre_tokenizer` of a `tokenizer.json`. */
  readonly json: JsonValue;
  /** Over UTF-8; absent for a pattern that only a regular expression describes. */
  readonly scanner: Scanner | undefined;
  /** A space is put before a text that does not begin with one. */
  readonly addPrefixSpace?: boolean;
  /** Calls `visit` with the bounds of every piece in UTF-16 units, in order. */
  split(text: string, visit: (start: number, end: number) => void): void;
}

/** The pre-tokenizer of a named pattern, of a RegExp, or of a pattern's text in Rust or Oniguruma syntax. */
export function createPreTokenizer(
  pattern: PatternName | Pattern | RegExp | { readonly source: string },
): PreTokenizer {
  if (typeof pattern === 'string') {
    const named = patterns[pattern];
    if (named === undefined) {
      throw new LlmError({
        code: 'tokenizer/pattern-unknown',
        message: `There is no pattern "${pattern}"; use ${Object.keys(patterns).join(', ')} or a RegExp.`,
        details: { pattern },
      });
    }
    return createPreTokenizer(named);
  }
  const source = pattern instanceof RegExp && pattern.ignoreCase ? `(?i:${pattern.source})` : pattern.source;
  const scanner = 'scanner' in pattern ? pattern.scanner : findPattern(source)?.scanner;
  let compiled: RegExp | undefined = scanner === undefined ? translatePattern(source) : undefined;
  return {
    source,
    json: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    scanner,
    split(text, visit) {
      compiled ??= translatePattern(source);
      splitByRegExp(compiled, text, visit);
    },
  };
}

/** What the pattern does not match becomes a piece too, as in `Split` with behaviour `Isolated`. */
export function splitByRegExp(
  pattern: RegExp,
  text: string,
  visit: (start: number, end: number) => void,
): void {
  let last = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const end = match.index + match[0].length;
    if (match[0].length === 0) {
      pattern.lastIndex += text.codePointAt(end)! > 0xffff ? 2 : 1;
      continue;
    }
    if (match.index > last) visit(last, match.index);
    visit(match.index, end);
    last = end;
  }
  if (last < text.length) visit(last, text.length);
}
