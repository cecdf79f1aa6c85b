import type { Normalizer } from '../pretokenize/normalizer.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import type { AddedToken, IsWordCharacter } from './added-token.js';
import type { CharacterVocabulary } from './character-vocabulary.js';
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
