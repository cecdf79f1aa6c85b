/** From what a tokenizer is made of to the encoder that works for it. */

import { BacktrackingMerger } from '../merging/backtracking-merger.js';
import { ListMerger } from '../merging/list-merger.js';
import { PairMerger } from '../merging/pair-merger.js';
import { RankMerger } from '../merging/rank-merger.js';
import { splitsOf } from '../merging/recover-merges.js';
import { TokenPairs } from '../merging/token-pairs.js';
import { TokenTable } from '../merging/token-table.js';
import { TokenTrie } from '../merging/token-trie.js';
import { WholeFirst } from '../merging/whole-first.js';
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';
import { byteIdsOf, longestTokenOf } from '../vocabulary/token-bytes.js';
import { PieceEncoder, type PieceMerger } from './piece-encoder.js';

export function createEncoder(definition: BpeDefinition): PieceEncoder {
  return new PieceEncoder(definition.preTokenizer, createMerger(definition));
}

function createMerger(definition: BpeDefinition): PieceMerger {
  const { tokens, merges, ignoreMerges, splits, rawTokens, unknown, characters } = definition;
  if (characters !== undefined) return characters.coding.createMerger(definition);
  if (merges !== undefined) {
    const merger = new ListMerger(byteIdsOf(tokens, rawTokens), merges, unknown);
    return ignoreMerges === true ? new WholeFirst(new TokenTable(tokens, rawTokens), merger) : merger;
  }
  const isSmall = TokenTrie.hasRoomFor(tokens);
  if (splits !== undefined && isSmall) return new PairMerger(tokens, new TokenPairs(splits));
  return new RankMerger(byteIdsOf(tokens), new TokenTable(tokens), longestTokenOf(tokens), () => {
    const known = isSmall ? splitsOf(tokens) : undefined;
    return known === undefined ? undefined : new BacktrackingMerger(tokens, new TokenPairs(known));
  });
}
