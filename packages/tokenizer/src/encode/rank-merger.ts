/** The vocabulary of a `.tiktoken` file: any two symbols merge whose bytes together are a token, and its id is the rank. */
import { Merger, NO_MERGE } from './merger.js';
import type { PieceTable } from './piece-table.js';

export class RankMerger extends Merger {
  /** Token bytes → id; cached pieces of several ids have negative values. */
  table!: PieceTable;

  constructor(
    protected readonly byteIds: Int32Array,
    /** Of the longest token, in bytes. */
    readonly longestToken: number,
  ) {
    super();
  }

  protected rankOf(view: DataView, left: number, _right: number, end: number): number {
    const start = this.starts[left]!;
    if (end - start > this.longestToken) return NO_MERGE;
    const value = this.table.find(view, start, end - start);
    return value >= 0 ? value : NO_MERGE;
  }

  protected resultOf(rank: number): number {
    return rank;
  }
}
