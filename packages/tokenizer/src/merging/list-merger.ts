/** Merges only the listed pairs, as Hugging Face `tokenizers` does. */

import type { UnknownToken } from '../vocabulary/bpe-definition.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { Merger, NO_MERGE } from './merger.js';

/** Pairs remembered, a power of two: 256 KB, so that they stay in the processor's cache. */
const rememberedPairs = 1 << 14;

export class ListMerger extends Merger {
  /** Slots of left id + 1, right id, rank, unused. */
  readonly #slots: Int32Array;
  /** [256 × 256] rank of merging two bytes. */
  readonly #bytePairs = new Int32Array(1 << 16).fill(NO_MERGE);
  /** Slots of left id, right id, rank, unused: what the last pair that fell into each slot gave. */
  readonly #remembered = new Int32Array(rememberedPairs * 4).fill(-1);

  constructor(
    protected readonly byteIds: Int32Array,
    readonly merges: MergeList,
    protected override readonly unknown?: UnknownToken,
  ) {
    super();
    const count = merges.results.length;
    this.#slots = new Int32Array(4 * 2 ** Math.ceil(Math.log2(Math.max(16, count * 2))));
    const mask = this.#slots.length - 1;
    for (let rank = 0; rank < count; rank++) {
      const left = merges.pairs[rank * 2]!;
      const right = merges.pairs[rank * 2 + 1]!;
      let slot = hashPair(left, right) & mask;
      // A pair listed twice has its last rank, as in Hugging Face's map.
      while (
        this.#slots[slot] !== 0 &&
        !(this.#slots[slot] === left + 1 && this.#slots[slot + 1] === right)
      ) {
        slot = (slot + 4) & mask;
      }
      this.#slots[slot] = left + 1;
      this.#slots[slot + 1] = right;
      this.#slots[slot + 2] = rank;
    }
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        this.#bytePairs[(first << 8) | second] = this.#find(byteIds[first]!, byteIds[second]!);
      }
    }
  }

  protected override firstRankOf(view: DataView, left: number, right: number): number {
    return this.#bytePairs[(view.getUint8(this.starts[left]!) << 8) | view.getUint8(this.starts[right]!)]!;
  }

  protected rankOf(_view: DataView, left: number, right: number): number {
    const leftId = this.ids[left]!;
    const rightId = this.ids[right]!;
    const remembered = this.#remembered;
    const hash = Math.imul(leftId, 0x9e3779b1) ^ Math.imul(rightId, 0x85ebca6b);
    const slot = ((hash ^ (hash >>> 15)) & (rememberedPairs - 1)) << 2;
    if (remembered[slot] === leftId && remembered[slot + 1] === rightId) return remembered[slot + 2]!;
    const rank = this.#find(leftId, rightId);
    remembered[slot] = leftId;
    remembered[slot + 1] = rightId;
    remembered[slot + 2] = rank;
    return rank;
  }

  #find(leftId: number, rightId: number): number {
    if (leftId < 0 || rightId < 0) return NO_MERGE;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hashPair(leftId, rightId) & mask; ; slot = (slot + 4) & mask) {
      const stored = slots[slot]!;
      if (stored === leftId + 1 && slots[slot + 1] === rightId) return slots[slot + 2]!;
      if (stored === 0) return NO_MERGE;
    }
  }

  protected resultOf(rank: number): number {
    return this.merges.results[rank]!;
  }
}

/** A multiple of 4. */
function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) << 2;
}
