/** From what a tokenizer is made of to the encoder that works for it. */

import { BacktrackingMerger } from '../merging/backtracking-merger.js';
import { CharacterIds } from '../merging/character-ids.js';
import { CharacterMerger } from '../merging/character-merger.js';
import { ListMerger } from '../merging/list-merger.js';
import { PairMerger } from '../merging/pair-merger.js';
import { RankMerger } from '../merging/rank-merger.js';
import { splitsOf } from '../merging/recover-merges.js';
import { ScoreMerger } from '../merging/score-merger.js';
import { TokenPairs } from '../merging/token-pairs.js';
import { TokenTable } from '../merging/token-table.js';
import { TokenTrie } from '../merging/token-trie.js';
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';
import { textOfByteToken } from '../vocabulary/character-vocabulary.js';
import { byteIdsOf, longestTokenOf, withTokens } from '../vocabulary/token-bytes.js';
import { PieceEncoder, type PieceMerger } from './piece-encoder.js';

export function createEncoder(definition: BpeDefinition): PieceEncoder {
  return new PieceEncoder(definition.preTokenizer, createMerger(definition));
}

function createMerger(definition: BpeDefinition): PieceMerger {
  const { tokens, merges, ignoreMerges, splits, rawTokens, unknown, characters } = definition;
  const ofCharacters = characters && new CharacterIds(tokens, rawTokens);
  if (characters?.scores !== undefined)
    return new ScoreMerger(tokens, ofCharacters!, characters.byteIds, characters.scores, unknown?.id, rawTokens);
  if (merges !== undefined) {
    const merger =
      ofCharacters === undefined
        ? new ListMerger(byteIdsOf(tokens, rawTokens), merges, unknown)
        : new CharacterMerger(ofCharacters, characters!.byteIds, merges, unknown);
    return ignoreMerges === true ? new WholeFirst(wholeTokens(definition), merger) : merger;
  }
  const isSmall = TokenTrie.hasRoomFor(tokens);
  if (splits !== undefined && isSmall) return new PairMerger(tokens, new TokenPairs(splits));
  return new RankMerger(byteIdsOf(tokens), new TokenTable(tokens), longestTokenOf(tokens), () => {
    const known = isSmall ? splitsOf(tokens) : undefined;
    return known === undefined ? undefined : new BacktrackingMerger(tokens, new TokenPairs(known));
  });
}

/** What a piece may be taken as whole: the texts of byte tokens too. */
function wholeTokens({ tokens, rawTokens, characters }: BpeDefinition): TokenTable {
  if (characters === undefined) return new TokenTable(tokens, rawTokens);
  const { byteTokens } = characters;
  const spelled = new Map<number, Uint8Array>();
  for (const id of byteTokens)
    spelled.set(id, new TextEncoder().encode(textOfByteToken(tokens.bytes[tokens.offsets[id]!]!)));
  return new TokenTable(withTokens(tokens, spelled), new Set([...(rawTokens ?? [])].filter((id) => !byteTokens.has(id))));
}

/** A piece that is a token is taken whole. */
class WholeFirst implements PieceMerger {
  constructor(
    readonly vocabulary: TokenTable,
    readonly merger: PieceMerger,
  ) {}

  merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    const whole = this.vocabulary.find(view, start, end - start);
    if (whole < 0) return this.merger.merge(view, start, end, out, length);
    out[length] = whole;
    return length + 1;
  }
}
