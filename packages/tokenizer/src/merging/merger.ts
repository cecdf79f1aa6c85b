/**
 * Byte-pair merging of one piece: again and again the adjacent pair of lowest rank, the leftmost of equals,
 * becomes one token (tiktoken's `_byte_pair_merge`, Hugging Face's `Word::merge_all`). Short pieces scan for
 * the minimum; long ones keep a heap with lazy invalidation, so that n bytes take O(n log n) whatever they
 * are.
 */

import type { UnknownToken } from '../vocabulary/bpe-definition.js';

/** Rank of a pair that does not merge. */
export const NO_MERGE = 0x7fffffff;
/** Pieces of at most this many symbols are merged by scanning. */
const scanLimit = 64;

export abstract class Merger {
  /** [256] id of each byte, -1 where the vocabulary lacks it. */
  protected abstract readonly byteIds: Int32Array;
  /** What stands for a byte that the vocabulary lacks; absent: nothing does. */
  protected readonly unknown?: UnknownToken | undefined;
  /** Bounds of the symbols: symbol i is bytes [starts[i], starts[i + 1]). */
  protected starts = new Int32Array(256);
  protected ids = new Int32Array(256);
  #ranks = new Int32Array(256);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #heap = new Float64Array(0);

  /** Rank of merging symbol `left` with the adjacent symbol `right`, which ends at byte `end`. */
  protected abstract rankOf(view: DataView, left: number, right: number, end: number): number;
  /** The same while both symbols are as `fill` made them. */
  protected firstRankOf(view: DataView, left: number, right: number, end: number): number {
    return this.rankOf(view, left, right, end);
  }

  /** Id of the token that a merge of this rank makes of bytes [start, end). */
  protected abstract resultOf(rank: number, view: DataView, start: number, end: number): number;

  /** Writes the ids of bytes [start, end) to `out` from `length` on and returns the new length. */
  merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    const count = this.fill(view, start, end);
    return count <= scanLimit
      ? this.#mergeByScan(view, count, out, length)
      : this.#mergeByHeap(view, count, out, length);
  }

  /**
   * As `merge`, but only with ranks below `limit`, and whatever the length: how a token of that rank is made.
   */
  mergeBelow(limit: number, view: DataView, start: number, end: number, out: Int32Array): number {
    return this.#mergeByScan(view, this.fill(view, start, end), out, 0, limit);
  }

  /** Makes symbols of bytes [start, end) and returns how many there are: here one a byte. */
  protected fill(view: DataView, start: number, end: number): number {
    this.reserve(end - start + 1);
    const { starts, ids, byteIds, unknown } = this;
    let count = 0;
    for (let position = start; position < end; position++) {
      const id = byteIds[view.getUint8(position)]!;
      if (id < 0) {
        if (unknown === undefined) continue;
        const isMore = position > start && byteIds[view.getUint8(position - 1)]! < 0;
        if (unknown.isFused && isMore) continue;
      }
      starts[count] = position;
      ids[count++] = id < 0 ? unknown!.id : id;
    }
    starts[count] = end;
    return count;
  }

  protected reserve(symbols: number): void {
    if (symbols <= this.starts.length) return;
    const size = Math.max(symbols, this.starts.length * 2);
    this.starts = new Int32Array(size);
    this.ids = new Int32Array(size);
    this.#ranks = new Int32Array(size);
  }

  #mergeByScan(view: DataView, count: number, out: Int32Array, length: number, limit = NO_MERGE): number {
    const { starts, ids } = this;
    const ranks = this.#ranks;
    let symbols = count;
    for (let i = 0; i + 1 < symbols; i++) ranks[i] = this.firstRankOf(view, i, i + 1, starts[i + 2]!);
    while (symbols > 1) {
      let lowest = limit;
      let at = 0;
      for (let i = 0; i + 1 < symbols; i++) {
        if (ranks[i]! < lowest) {
          lowest = ranks[i]!;
          at = i;
        }
      }
      if (lowest === limit) break;
      ids[at] = this.resultOf(lowest, view, starts[at]!, starts[at + 2]!);
      symbols--;
      for (let i = at + 1; i < symbols; i++) {
        ids[i] = ids[i + 1]!;
        starts[i] = starts[i + 1]!;
        ranks[i] = ranks[i + 1]!;
      }
      starts[symbols] = starts[symbols + 1]!;
      if (at + 1 < symbols) ranks[at] = this.rankOf(view, at, at + 1, starts[at + 2]!);
      if (at > 0) ranks[at - 1] = this.rankOf(view, at - 1, at, starts[at + 1]!);
    }
    for (let i = 0; i < symbols; i++) out[length++] = ids[i]!;
    return length;
  }

  #mergeByHeap(view: DataView, count: number, out: Int32Array, length: number): number {
    if (count + 1 > this.#next.length) {
      this.#next = new Int32Array(this.starts.length);
      this.#previous = new Int32Array(this.starts.length);
      this.#heap = new Float64Array(this.starts.length * 3);
    }
    const { starts, ids } = this;
    const ranks = this.#ranks;
    const next = this.#next;
    const previous = this.#previous;
    const heap = this.#heap;
    let size = 0;
    // A heap item is rank × 2^32 + position: one comparison orders by rank, then from left to right.
    const push = (rank: number, position: number): void => {
      const item = rank * 4294967296 + position;
      let hole = size++;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (heap[parent]! <= item) break;
        heap[hole] = heap[parent]!;
        hole = parent;
      }
      heap[hole] = item;
    };
    for (let i = 0; i < count; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      ranks[i] = i + 1 < count ? this.firstRankOf(view, i, i + 1, starts[i + 2]!) : NO_MERGE;
      if (ranks[i] !== NO_MERGE) push(ranks[i]!, i);
    }
    while (size > 0) {
      const item = heap[0]!;
      const moved = heap[--size]!;
      let hole = 0;
      for (let child = 1; child < size; child = 2 * hole + 1) {
        if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= moved) break;
        heap[hole] = heap[child]!;
        hole = child;
      }
      heap[hole] = moved;
      const rank = Math.floor(item / 4294967296);
      const left = item - rank * 4294967296;
      if (ranks[left] !== rank) continue;
      const right = next[left]!;
      const after = next[right]!;
      ids[left] = this.resultOf(rank, view, starts[left]!, starts[after]!);
      ranks[right] = NO_MERGE;
      next[left] = after;
      ranks[left] = NO_MERGE;
      if (after < count) {
        previous[after] = left;
        ranks[left] = this.rankOf(view, left, after, starts[next[after]!]!);
        if (ranks[left] !== NO_MERGE) push(ranks[left]!, left);
      }
      const before = previous[left]!;
      if (before >= 0) {
        ranks[before] = this.rankOf(view, before, left, starts[after]!);
        if (ranks[before] !== NO_MERGE) push(ranks[before]!, before);
      }
    }
    for (let i = 0; i < count; i = next[i]!) out[length++] = ids[i]!;
    return length;
  }
}
