/** Tokenized documents by number, as the feed reads them: in memory here, from disk in `@llm/model/node`. */

export interface TokenDocuments {
  readonly count: number;
  /** Tokens of all documents together. */
  readonly tokens: number;
  /** Two sources with the same identity hold the same documents; part of a saved position. */
  readonly identity: string;
  /** Tokens of one document, without BOS. */
  length(document: number): number;
  /** Writes tokens `from` … `from + count − 1` of a document to `target[at…]`. */
  read(document: number, from: number, count: number, target: Int32Array, at: number): void;
}

/** `documents` are ids without BOS. */
export function documentsInMemory(documents: readonly Int32Array[]): TokenDocuments {
  const tokens = documents.reduce((sum, { length }) => sum + length, 0);
  return {
    count: documents.length,
    tokens,
    identity: `${documents.length} documents of ${tokens} tokens in memory`,
    length: (document) => documents[document]!.length,
    read: (document, from, count, target, at) =>
      target.set(documents[document]!.subarray(from, from + count), at),
  };
}
