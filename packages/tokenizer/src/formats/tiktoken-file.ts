/** tiktoken's `.tiktoken` file: one line a token, its bytes in base64, a space, its rank. */
import { LlmError } from '@llm/core';
import { BpeTokenizer } from '../bpe-tokenizer.js';
import type { PatternName } from '../pretokenize/patterns.js';
import { createPreTokenizer } from '../pretokenize/pre-tokenizer.js';
import { type TokenBytes, tokenBytesOf, tokenOf } from '../vocabulary/token-bytes.js';
import { hasIdsInMergeOrder, lostInPlainFormats, unexportable } from './unexportable.js';

/** A rank above this is refused: ids are at most 21 bits. */
const greatestRank = (1 << 21) - 1;
const longestToken = 1 << 16;

export interface TiktokenOptions {
  /** A `.tiktoken` file does not say how text is cut. */
  readonly pattern: PatternName | RegExp;
  readonly specialTokens?: Readonly<Record<string, number>> | undefined;
}

/** A tokenizer whose merges follow the ranks. Throws `tokenizer/file-invalid` with the line. */
export function fromTiktoken(text: string, options: TiktokenOptions): BpeTokenizer {
  return new BpeTokenizer({
    preTokenizer: createPreTokenizer(options.pattern),
    tokens: readTiktoken(text),
    addedTokens: Object.entries(options.specialTokens ?? {}).map(([content, id]) => ({ content, id })),
  });
}

/**
 * Ordinary tokens in order of id; special tokens and the pattern are not part of the format. Ids are ranks
 * there: throws `tokenizer/export-unsupported` where merging in their order gives something else, and for a
 * normalizer and the like.
 */
export function toTiktoken(tokenizer: BpeTokenizer): string {
  const lost =
    lostInPlainFormats(tokenizer) ??
    (hasIdsInMergeOrder(tokenizer) ? undefined : 'merges in another order than that of the ids they make');
  if (lost !== undefined) throw unexportable('A .tiktoken file', lost);
  const { tokens } = tokenizer.definition;
  const lines: string[] = [];
  for (let id = 0; id + 1 < tokens.offsets.length; id++) {
    const token = tokenOf(tokens, id);
    if (token.length > 0) lines.push(`${toBase64(token)} ${id}\n`);
  }
  return lines.join('');
}

export function readTiktoken(text: string, file = 'the .tiktoken file'): TokenBytes {
  const tokens: (Uint8Array | undefined)[] = [];
  const lineOf = new Map<string, number>();
  const singles = new Uint8Array(256);
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    line++;
    const entry = text.slice(start, text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    start = end + 1;
    if (entry === '') continue;
    const space = entry.indexOf(' ');
    const rankText = entry.slice(space + 1);
    const rank = Number(rankText);
    if (space < 1 || !/^\d{1,7}$/.test(rankText) || rank > greatestRank) {
      throw invalid(file, line, 'is not "base64 rank" with a rank from 0 to 2097151');
    }
    const bytes = fromBase64(entry.slice(0, space));
    if (bytes === undefined || bytes.length === 0) throw invalid(file, line, 'does not begin with base64');
    if (bytes.length > longestToken)
      throw invalid(file, line, `holds a token of ${bytes.length} bytes, more than 65536`);
    if (tokens[rank] !== undefined) throw invalid(file, line, `repeats the rank ${rank}`);
    const key = entry.slice(0, space);
    const before = lineOf.get(key);
    if (before !== undefined) throw invalid(file, line, `repeats the token of line ${before}`);
    lineOf.set(key, line);
    tokens[rank] = bytes;
    if (bytes.length === 1) singles[bytes[0]!] = 1;
  }
  const missing = singles.indexOf(0);
  if (missing >= 0) {
    throw new LlmError({
      code: 'tokenizer/file-invalid',
      message: `${file} has no token for the single byte 0x${missing.toString(16).padStart(2, '0')}, so some text could not be encoded; is the file complete?`,
      details: { file, byte: missing },
    });
  }
  return tokenBytesOf(Array.from(tokens));
}

function invalid(file: string, line: number, problem: string): LlmError {
  return new LlmError({
    code: 'tokenizer/file-invalid',
    message: `${file}: line ${line} ${problem}.`,
    details: { file, line },
  });
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
