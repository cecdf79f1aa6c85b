/** What a tokenizer does that a format has no place for: refused by name rather than left out of the file. */
import { LlmError } from '@llm/core';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { recoverMerges } from '../merging/recover-merges.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import { byteIdsOf } from '../vocabulary/token-bytes.js';

/** A `tokenizer/export-unsupported` error. */
export function unexportable(format: string, what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/export-unsupported',
    message: `${format} has no place for ${what}; with it left out the file would give other ids. Write a tokenizer.json with toTokenizerJson.`,
    details: { format, what },
  });
}

/**
 * The first thing of `tokenizer` that is lost where text is only cut, merged and searched for special tokens.
 */
export function lostInPlainFormats(tokenizer: BpeTokenizer): string | undefined {
  const { normalizer, preTokenizer, characters, unknown, rawTokens, tokens } = tokenizer.definition;
  if (characters !== undefined) return 'tokens made of characters (SentencePiece)';
  if (normalizer !== undefined) return `the normalizer ${JSON.stringify(normalizer.json).slice(0, 80)}`;
  if (preTokenizer.spacePrefix !== undefined) return 'a space put before the text (add_prefix_space)';
  if (unknown !== undefined && byteIdsOf(tokens, rawTokens).includes(-1))
    return 'an unknown token that stands for missing bytes';
  if (rawTokens !== undefined && rawTokens.size > 0) return 'tokens that are never made from bytes';
  return undefined;
}

/** The first flag of an added token that only a tokenizer.json can say. */
export function lostFlag(tokens: readonly AddedToken[]): string | undefined {
  for (const token of tokens) {
    const flags = [
      token.lstrip === true && 'lstrip',
      token.rstrip === true && 'rstrip',
      token.singleWord === true && 'single_word',
      token.normalizedContent !== undefined && 'normalized',
    ];
    const flag = flags.find((name) => name !== false);
    if (flag !== undefined)
      return `the flag ${flag} of the added token ${JSON.stringify(token.content.slice(0, 40))}`;
  }
  return undefined;
}

/** Whether merging by the order of ids is merging by the list of merges. */
export function hasIdsInMergeOrder(tokenizer: BpeTokenizer): boolean {
  const { tokens, merges, rawTokens } = tokenizer.definition;
  if (merges === undefined) return true;
  if (byteIdsOf(tokens, rawTokens).includes(-1)) return false;
  for (let i = 1; i < merges.results.length; i++)
    if (merges.results[i]! <= merges.results[i - 1]!) return false;
  const { pairs, results, unreachable } = recoverMerges(tokens);
  // A token that no merges make is taken whole there.
  const isWhole = unreachable.length === 0 || tokenizer.definition.ignoreMerges === true;
  return isWhole && sameNumbers(pairs, merges.pairs) && sameNumbers(results, merges.results);
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
