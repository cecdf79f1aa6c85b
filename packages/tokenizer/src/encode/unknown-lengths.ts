/** How much of a text an unknown token stands for. */
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';
import { byteIdsOf } from '../vocabulary/token-bytes.js';

/** Bytes of the unknown token at a byte of a text; 0 where the text has a token for what stands there. */
export type UnknownLength = (byte: number) => number;

/** Undefined where there is no unknown token. */
export function unknownLengthsOf(definition: BpeDefinition): ((text: string) => UnknownLength) | undefined {
  const { unknown, characters, tokens, rawTokens } = definition;
  if (unknown === undefined) return undefined;
  const byteIds = byteIdsOf(tokens, rawTokens);
  const lengthAt =
    characters?.coding.unknownLengths(definition) ??
    ((view: DataView, at: number) => (byteIds[view.getUint8(at)]! < 0 ? 1 : 0));
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    const view = new DataView(bytes.buffer);
    return (byte) => {
      let end = byte;
      for (
        let length = lengthAt(view, end);
        length > 0;
        length = end < bytes.length ? lengthAt(view, end) : 0
      ) {
        end += length;
        if (!unknown.isFused) break;
      }
      return end - byte;
    };
  };
}
