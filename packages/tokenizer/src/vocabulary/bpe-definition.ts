import type { Normalizer } from '../pretokenize/normalizer.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import type { AddedToken } from './added-token.js';
import type { MergeList, TokenSplits } from './merge-list.js';
import type { TokenBytes } from './token-bytes.js';

/** What a byte-level BPE tokenizer is made of, whatever file or training it came from. */
export interface BpeDefinition {
  readonly preTokenizer: PreTokenizer;
  /** Bytes of every ordinary token by id; added tokens and unused ids are empty. */
  readonly tokens: TokenBytes;
  /** Absent: the ids are ranks (`.tiktoken`). */
  readonly merges?: MergeList | undefined;
  /** For ranks, where it is known: the two tokens that make each token. Found when needed otherwise. */
  readonly splits?: TokenSplits | undefined;
  /** A piece that is a token is taken whole even where no merges lead to it (Llama 3). So it is for ranks. */
  readonly ignoreMerges?: boolean | undefined;
  readonly addedTokens?: readonly AddedToken[] | undefined;
  readonly normalizer?: Normalizer | undefined;
}
