/** The merges of a `tokenizer.json` or of training: an ordered list of pairs of ids, each with the id of its result. */
import { Merger, NO_MERGE } from './merger.js';

export interface MergeList {
  /** [2 × merges] left and right id of each merge, in order of rank */
  readonly pairs: Int32Array;
  /** [merges] */
  readonly results: Int32Array;
}

/** Merges only the listed pairs, as Hugging Face `tokenizers` does. */
export class ListMerger extends Merger {
  /** Slots of left id + 1, right id, rank, unused. */
  readonly #slots: Int32Array;

  constructor(
    protected readonly byteIds: Int32Array,
    readonly merges: MergeList,
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
  }

  protected rankOf(_view: DataView, left: number, right: number): number {
    const leftId = this.ids[left]!;
    const rightId = this.ids[right]!;
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
