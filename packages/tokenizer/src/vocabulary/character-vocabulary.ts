/**
 * What SentencePiece's BPE has beyond byte-level BPE: tokens are made of characters, a space is written `▁`,
 * and a character that the vocabulary lacks is spelled in byte tokens, `<0xE4>`.
 */
import { type JsonValue, LlmError } from '@llm/core';
import type { IdDecoder } from '../decode/id-decoder.js';
import type { PieceMerger } from '../encode/piece-encoder.js';
import type { BpeDefinition } from './bpe-definition.js';
import type { TokenBytes } from './token-bytes.js';

/** How a space is written in the texts of tokens: U+2581. A literal one in a text is a space to them too. */
export const spaceMark = '▁';

export interface CharacterVocabulary {
  /**
   * [256] the token that stands for each byte of a character that the vocabulary lacks, -1 for the bytes that
   * no UTF-8 has. Absent: the unknown token stands for the character.
   */
  readonly byteIds?: Int32Array | undefined;
  /** Tokens that stand for one byte, which `tokens` has. */
  readonly byteTokens: ReadonlySet<number>;
  /**
   * [vocabularySize] Any two symbols merge whose text together is a token, that of the greatest score first,
   * the leftmost of equals. Absent: the list of merges counts.
   */
  readonly scores?: Float32Array | undefined;
  /** Whether spaces are written `▁`. In `tokens` they are spaces then. */
  readonly marksSpaces: boolean;
  readonly decoding: CharacterDecoding;
  /** The code for it, which tokenizers of bytes do without. */
  readonly coding: CharacterCoding;
}

export interface CharacterCoding {
  createMerger(definition: BpeDefinition): PieceMerger;
  /** Bytes of the character at a byte of a text that is unknown; 0 where it is not. */
  unknownLengths(definition: BpeDefinition): (view: DataView, at: number) => number;
  createDecoder(tokens: TokenBytes, vocabulary: CharacterVocabulary): IdDecoder;
  /** Text of the bytes of all tokens; undefined where it needs the tokens one by one. */
  decodeAtOnce(bytes: Uint8Array, vocabulary: CharacterVocabulary): string | undefined;
}

/** How ids become text again. */
export interface CharacterDecoding {
  /** Byte tokens become bytes, U+FFFD each where a row of them is no UTF-8. Else they are their text. */
  readonly hasByteFallback: boolean;
  /** Spaces taken off the beginning of a text at most. */
  readonly strippedSpaces: number;
  /** Spaces of the first token are left out, all of them (Metaspace). */
  readonly stripsFirstToken: boolean;
  /** As `decoder` of a `tokenizer.json`. */
  readonly json: JsonValue;
}

/** The byte that a token of this text stands for, undefined for other tokens. */
export function byteOfToken(text: string): number | undefined {
  return /^<0x[0-9A-F]{2}>$/.test(text) ? Number.parseInt(text.slice(3, 5), 16) : undefined;
}

export function textOfByteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** The ids of byte tokens; undefined where there is none. Some of them only is refused. */
export function byteTokensOf(ids: ReadonlyMap<string, number>, file: string): Int32Array | undefined {
  const byteIds = Int32Array.from({ length: 256 }, (_, byte) => ids.get(textOfByteToken(byte)) ?? -1);
  const isUsed = (byte: number): boolean => (byte < 0xc0 || byte > 0xc1) && byte < 0xf5;
  const missing = Array.from(byteIds.keys()).filter((byte) => isUsed(byte) && byteIds[byte]! < 0);
  if (missing.length === 0) return byteIds;
  if (missing.length === 243) return undefined;
  const what = `byte tokens for some bytes but not for ${textOfByteToken(missing[0]!)}`;
  throw new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `${file} has ${what}, which this package does not encode.`,
    details: { what },
  });
}
