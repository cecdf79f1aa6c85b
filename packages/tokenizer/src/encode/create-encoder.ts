/** From what a tokenizer is made of to the encoder that works for it. */
import type { BpeDefinition } from '../bpe-tokenizer.js';
import { splitsOf } from '../formats/recover-merges.js';
import { BacktrackingMerger } from './backtracking-merger.js';
import { ListMerger } from './merge-list.js';
import { PieceEncoder } from './piece-encoder.js';
import { RankMerger } from './rank-merger.js';
import { byteIdsOf, longestTokenOf } from './token-bytes.js';
import { tokenTable } from './token-table.js';

export function createEncoder({
  tokens,
  merges,
  ignoreMerges,
  preTokenizer,
  splits,
}: BpeDefinition): PieceEncoder {
  const byteIds = byteIdsOf(tokens);
  if (merges === undefined) {
    const vocabulary = tokenTable(tokens);
    const merger = new RankMerger(byteIds, vocabulary, longestTokenOf(tokens), () => {
      const known = splits ?? splitsOf(tokens);
      return known === undefined ? undefined : new BacktrackingMerger(tokens, known);
    });
    return new PieceEncoder(preTokenizer, merger, vocabulary);
  }
  const vocabulary = ignoreMerges === true ? tokenTable(tokens) : undefined;
  return new PieceEncoder(preTokenizer, new ListMerger(byteIds, merges), vocabulary);
}
