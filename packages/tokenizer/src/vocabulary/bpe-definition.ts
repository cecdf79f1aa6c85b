import type { JsonValue } from '@llm/core';
import type { IdDecoder } from '../decode/id-decoder.js';
import type { PieceMerger } from '../encode/piece-encoder.js';
import type { Normalizer } from '../pretokenize/normalizer.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import type { AddedToken, IsWordCharacter } from './added-token.js';
import type { MergeList, TokenSplits } from './merge-list.js';
import type { TokenBytes } from './token-bytes.js';

/** What a BPE tokenizer is made of, whatever file or training it came from. */
export interface BpeDefinition {
  readonly preTokenizer: PreTokenizer;
  /**
   * Bytes of every ordinary token by id; unused ids and added tokens that are no ordinary token too are
   * empty.
   */
  readonly tokens: TokenBytes;
  /** Absent: the ids are ranks (`.tiktoken`). */
  readonly merges?: MergeList | undefined;
  /** For ranks, where it is known: the two tokens that make each token. Found when needed otherwise. */
  readonly splits?: TokenSplits | undefined;
  /** A piece that is a token is taken whole even where no merges lead to it (Llama 3). So it is for ranks. */
  readonly ignoreMerges?: boolean | undefined;
  readonly addedTokens?: readonly AddedToken[] | undefined;
  readonly normalizer?: Normalizer | undefined;
  /** What stands for a byte (or character) that no token has. Absent: it is left out, as in Hugging Face. */
  readonly unknown?: UnknownToken | undefined;
  /**
   * Ids of ordinary tokens that are never made from bytes: in byte-level BPE those that are written as their
   * own text (`中`, not `ä¸Ń`), in BPE of characters byte tokens and those with a literal space.
   */
  readonly rawTokens?: ReadonlySet<number> | undefined;
  /** Tokens are made of characters. Absent: of bytes. */
  readonly characters?: CharacterVocabulary | undefined;
  /** For added tokens that stand alone. Default by the engine's Unicode. */
  readonly isWordCharacter?: IsWordCharacter | undefined;
}

export interface UnknownToken {
  readonly id: number;
  /** One for several such bytes in a row. */
  readonly isFused: boolean;
}

/** What tokens made of characters have beyond those of bytes. */
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
