/** How much of a text an unknown token stands for. */
import { CharacterIds, codePointAt, sequenceLength } from '../merging/character-ids.js';
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';
import { byteIdsOf } from '../vocabulary/token-bytes.js';

/** Bytes of the unknown token at a byte of a text; 0 where the text has a token for what stands there. */
export type UnknownLength = (byte: number) => number;

/** Undefined where there is no unknown token. */
export function unknownLengthsOf(definition: BpeDefinition): ((text: string) => UnknownLength) | undefined {
  const { unknown, characters, tokens, rawTokens } = definition;
  if (unknown === undefined) return undefined;
  const byteIds = byteIdsOf(tokens, rawTokens);
  const characterIds = characters && new CharacterIds(tokens, rawTokens);
  const lengthAt = (view: DataView, at: number): number => {
    if (characterIds === undefined) return byteIds[view.getUint8(at)]! < 0 ? 1 : 0;
    if (characters?.byteIds !== undefined || characterIds.find(codePointAt(view, at)) >= 0) return 0;
    return sequenceLength(view.getUint8(at));
  };
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    const view = new DataView(bytes.buffer);
    return (byte) => {
      let end = byte;
      for (let length = lengthAt(view, end); length > 0; length = end < bytes.length ? lengthAt(view, end) : 0) {
        end += length;
        if (!unknown.isFused) break;
      }
      return end - byte;
    };
  };
}
