/** Ordinary tokens as files write them. */
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';
import { bytesToAlphabet } from '../vocabulary/byte-alphabet.js';
import { spaceMark, textOfByteToken } from '../vocabulary/character-vocabulary.js';
import { tokenOf } from '../vocabulary/token-bytes.js';

/** By id; empty for unused ids and for added tokens that are no ordinary token too. */
export function textsOfTokens({ tokens, rawTokens, characters }: BpeDefinition): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from({ length: tokens.offsets.length - 1 }, (_, id) => {
    const bytes = tokenOf(tokens, id);
    if (characters?.byteTokens.has(id)) return textOfByteToken(bytes[0]!);
    if (rawTokens?.has(id)) return decoder.decode(bytes);
    if (characters === undefined) return bytesToAlphabet(bytes);
    const text = decoder.decode(bytes);
    return characters.marksSpaces ? text.replaceAll(' ', spaceMark) : text;
  });
}
