/**
 * Text ⇄ token ids. Ids need not be dense nor in byte order; `vocabularySize` is the greatest id plus one.
 */
export interface Tokenizer {
  readonly specificationVersion: 'v1';
  /** Greatest token id + 1: the number of rows of an embedding table. */
  readonly vocabularySize: number;
  /** Control tokens by their text, e.g. `<|bos|>` → 1008. Never produced from text by `encode`. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** Plain text to ids. A special token's text inside `text` is encoded as ordinary characters. */
  encode(text: string): Int32Array;
  /** Ids to text; incomplete UTF-8 becomes U+FFFD, special tokens their text. */
  decode(ids: ArrayLike<number>): string;
  /** Ids to the exact bytes they stand for; special tokens contribute none. */
  decodeBytes(ids: ArrayLike<number>): Uint8Array;
  /** Bytes a token stands for (0 for special tokens and holes): the denominator of bits per byte. */
  byteLength(id: number): number;
}
