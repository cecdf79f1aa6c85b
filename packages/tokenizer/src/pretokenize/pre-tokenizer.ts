/**
 * From a pattern of any kind to its pre-tokenizer: a scanner where there is one, else the pattern itself, as
 * Oniguruma reads it.
 */
import { LlmError } from '@llm/core';
import { compilePattern } from '../oniguruma/compile-pattern.js';
import { findPattern, type Pattern, type PatternName, patterns } from './patterns.js';
import { describePattern, type PreTokenizer, scannedPreTokenizer } from './scanned-pre-tokenizer.js';
import { splitText } from './split-text.js';

/** The pre-tokenizer of a named pattern, of a RegExp, or of a pattern's text in Oniguruma's syntax. */
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
  const source = pattern instanceof RegExp ? sourceOf(pattern) : pattern.source;
  const known = 'scanner' in pattern ? pattern : findPattern(source);
  if (known !== undefined) return scannedPreTokenizer({ ...known, source });
  // What the pattern does not match becomes a piece too.
  return { ...describePattern(source), split: splitText(compilePattern(source), 'Isolated', false) };
}

/**
 * In the syntax of the files that will hold it, where a pattern means what it means there: `^` and `$` are
 * the ends of lines.
 */
function sourceOf({ source, ignoreCase, dotAll }: RegExp): string {
  const plain = source.replace(/(\\\\)|\\u\{([0-9A-Fa-f]+)\}/g, (whole, backslash, digits: string) =>
    backslash === undefined ? `\\x{${digits}}` : whole,
  );
  const flags = `${ignoreCase ? 'i' : ''}${dotAll ? 'm' : ''}`;
  return flags === '' ? plain : `(?${flags}:${plain})`;
}
