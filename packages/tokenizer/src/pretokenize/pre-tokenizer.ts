/** From a pattern of any kind to its pre-tokenizer: a scanner where there is one, else a regular expression. */
import { LlmError } from '@llm/core';
import { findPattern, type Pattern, type PatternName, patterns } from './patterns.js';
import { describePattern, type PreTokenizer, scannedPreTokenizer } from './scanned-pre-tokenizer.js';
import { translatePattern } from './translate-pattern.js';

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
  const known = 'scanner' in pattern ? pattern : findPattern(source);
  if (known !== undefined) return scannedPreTokenizer({ ...known, source });
  const compiled = translatePattern(source);
  return {
    ...describePattern(source),
    split: (text, visit) => splitByRegExp(compiled, text, visit),
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
