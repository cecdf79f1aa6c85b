/** Parallel arrays, one entry a block. Lengths in UTF-16 units, a run of white space counting one. */
export interface TextBlocks {
  readonly count: number;
  /** The block of each node of the tree that is text of one; -1 for all others. */
  readonly blockOf: Int32Array;
  /** The first text node. */
  readonly first: Int32Array;
  /** The innermost block element around it. */
  readonly element: Int32Array;
  readonly length: Int32Array;
  /** Characters in links to other pages. */
  readonly linked: Int32Array;
  readonly links: Int32Array;
  readonly words: Int32Array;
  /** Characters in `b`, `strong` and `em`. */
  readonly strong: Int32Array;
  readonly digits: Int32Array;
  readonly capitals: Int32Array;
  /** Commas, full stops, semicolons and their like in other scripts. */
  readonly marks: Int32Array;
  /** Characters that are no letters, digits or blanks. */
  readonly symbols: Int32Array;
  readonly lastCharacter: Int32Array;
  readonly firstCharacter: Int32Array;
  /** Of the letters and digits in lower case: equal texts have equal hashes. */
  readonly hash: Int32Array;
  /**
   * Hashes (FNV-1a) of the first words of each block, in lower case; those of a block start at `wordStart`.
   */
  readonly wordHashes: Int32Array;
  readonly wordStart: Int32Array;
}
