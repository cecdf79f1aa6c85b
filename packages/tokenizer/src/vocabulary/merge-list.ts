/** The merges of a `tokenizer.json` or of training: pairs of ids in order, each with the id of its result. */
export interface MergeList {
  /** [2 × merges] left and right id of each merge, in order of rank */
  readonly pairs: Int32Array;
  /** [merges] */
  readonly results: Int32Array;
}

/**
 * The two tokens that make each: `splits[2 id]`, `splits[2 id + 1]`;
 * one of one byte (or an unused id) is both itself.
 */
export type TokenSplits = Int32Array;
