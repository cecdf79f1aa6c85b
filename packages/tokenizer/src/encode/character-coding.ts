/** How texts of characters become ids and ids text, for those tokenizers that need it. */
import { characterDecoder, decodeAtOnce } from '../decode/character-decoder.js';
import { CharacterIds, codePointAt, sequenceLength } from '../merging/character-ids.js';
import { CharacterMerger } from '../merging/character-merger.js';
import { ScoreMerger } from '../merging/score-merger.js';
import { TokenTable } from '../merging/token-table.js';
import { WholeFirst } from '../merging/whole-first.js';
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';
import { type CharacterCoding, textOfByteToken } from '../vocabulary/character-vocabulary.js';
import { withTokens } from '../vocabulary/token-bytes.js';
import type { PieceMerger } from './piece-encoder.js';

export const characterCoding: CharacterCoding = {
  createMerger,
  unknownLengths({ tokens, rawTokens, characters }) {
    const ids = new CharacterIds(tokens, rawTokens);
    return (view, at) => {
      if (characters?.byteIds !== undefined || ids.find(codePointAt(view, at)) >= 0) return 0;
      return sequenceLength(view.getUint8(at));
    };
  },
  createDecoder: characterDecoder,
  decodeAtOnce,
};

function createMerger({
  tokens,
  merges,
  ignoreMerges,
  rawTokens,
  unknown,
  characters,
}: BpeDefinition): PieceMerger {
  const { byteIds, byteTokens, scores } = characters!;
  const ids = new CharacterIds(tokens, rawTokens);
  if (scores !== undefined) return new ScoreMerger(tokens, ids, byteIds, scores, unknown?.id, rawTokens);
  const merger = new CharacterMerger(ids, byteIds, merges!, unknown);
  if (ignoreMerges !== true) return merger;
  // A piece may be the text of a byte token.
  const spelled = new Map<number, Uint8Array>();
  for (const id of byteTokens)
    spelled.set(id, new TextEncoder().encode(textOfByteToken(tokens.bytes[tokens.offsets[id]!]!)));
  const raw = Array.from(rawTokens ?? []).filter((id) => !byteTokens.has(id));
  return new WholeFirst(new TokenTable(withTokens(tokens, spelled), new Set(raw)), merger);
}
