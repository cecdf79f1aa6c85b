/** Ids of tokens made of characters to text. */
import { type CharacterVocabulary, textOfByteToken } from '../vocabulary/character-vocabulary.js';
import type { TokenBytes } from '../vocabulary/token-bytes.js';
import type { IdDecoder } from './id-decoder.js';

/**
 * Holds back byte tokens until another token comes, for only then it is certain whether all of them together
 * are UTF-8: Hugging Face makes each of them U+FFFD otherwise.
 */
export function characterDecoder(
  { bytes, offsets }: TokenBytes,
  { byteTokens, decoding }: CharacterVocabulary,
): IdDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let run: number[] = [];
  let strippable = decoding.strippedSpaces;
  let isFirst = true;
  const endRun = (): string => {
    if (run.length === 0) return '';
    const text = decodeValid(Uint8Array.from(run)) ?? '\ufffd'.repeat(run.length);
    run = [];
    return text;
  };
  const strip = (text: string): string => {
    let start = 0;
    while (strippable > 0 && text[start] === ' ') {
      start++;
      strippable--;
    }
    if (start < text.length) strippable = 0;
    return text.slice(start);
  };
  return {
    push(id) {
      const wasFirst = isFirst;
      isFirst = false;
      const isByte = byteTokens.has(id);
      if (isByte && decoding.hasByteFallback) {
        run.push(bytes[offsets[id]!]!);
        return '';
      }
      if (isByte) return strip(textOfByteToken(bytes[offsets[id]!]!));
      const text = decoder.decode(bytes.subarray(offsets[id]!, offsets[id + 1]!));
      const isStripped = wasFirst && decoding.stripsFirstToken;
      return strip(endRun() + (isStripped ? text.replaceAll(' ', '') : text));
    },
    flush: () => strip(endRun()),
  };
}

/** The same for all bytes of a text at once; undefined where that needs the tokens one by one. */
export function decodeAtOnce(
  bytes: Uint8Array,
  { byteTokens, decoding }: CharacterVocabulary,
): string | undefined {
  if (decoding.stripsFirstToken || (byteTokens.size > 0 && !decoding.hasByteFallback)) return undefined;
  const text = decodeValid(bytes);
  let start = 0;
  while (start < decoding.strippedSpaces && text?.[start] === ' ') start++;
  return text?.slice(start);
}

function decodeValid(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
