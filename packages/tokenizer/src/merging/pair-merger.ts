/**
 * Merges of a vocabulary in which two known tokens make each
 * token and the id is the rank; long texts by backtracking.
 */

import { byteIdsOf, type TokenBytes } from '../vocabulary/token-bytes.js';
import { BacktrackingMerger } from './backtracking-merger.js';
import { Merger } from './merger.js';
import type { TokenPairs } from './token-pairs.js';

/** Bytes merged after which the faster merger is worth its tables. */
const patience = 200_000;

export class PairMerger extends Merger {
  protected readonly byteIds: Int32Array;
  #merged = 0;
  #faster: BacktrackingMerger | undefined;

  constructor(
    readonly tokens: TokenBytes,
    readonly pairs: TokenPairs,
  ) {
    super();
    this.byteIds = byteIdsOf(tokens);
  }

  override merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    if (this.#faster !== undefined) return this.#faster.merge(view, start, end, out, length);
    this.#merged += end - start;
    if (this.#merged > patience) {
      this.#faster = new BacktrackingMerger(this.tokens, this.pairs);
      return this.#faster.merge(view, start, end, out, length);
    }
    return super.merge(view, start, end, out, length);
  }

  protected rankOf(_view: DataView, left: number, right: number): number {
    return this.pairs.find(this.ids[left]!, this.ids[right]!);
  }

  protected resultOf(rank: number): number {
    return rank;
  }
}
