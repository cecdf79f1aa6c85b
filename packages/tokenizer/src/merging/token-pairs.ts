/** Which two tokens make which: an index of `TokenSplits` for encoding. */
import type { TokenSplits } from '../vocabulary/merge-list.js';
import { NO_MERGE } from './merger.js';

/** Ids are below 2^21, so id + 1 takes 22 bits; those above hold a part of the hash. */
const idMask = (1 << 22) - 1;
/** Words of the filter, a power of two: 256 KB. */
const filterWords = 1 << 16;

export class TokenPairs {
  /** Open addressing: id + 1 and the high bits of the pair's hash; the pair itself is in `splits`. */
  readonly #slots: Int32Array;
  /** One bit for some bits of a hash: most pairs that make no token are known by it. */
  readonly #filter = new Int32Array(filterWords);

  constructor(readonly splits: TokenSplits) {
    const size = splits.length / 2;
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(size * 2 + 16)));
    const mask = slots.length - 1;
    const filter = this.#filter;
    this.#slots = slots;
    for (let id = 0; id < size; id++) {
      if (splits[id * 2] === id) continue;
      const hash = hashPair(splits[id * 2]!, splits[id * 2 + 1]!);
      filter[(hash >>> 5) & (filterWords - 1)]! |= 1 << (hash & 31);
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = (hash & ~idMask) | (id + 1);
    }
  }

  /** The token that the pair makes, `NO_MERGE` for none. */
  find(left: number, right: number): number {
    const hash = hashPair(left, right);
    if ((this.#filter[(hash >>> 5) & (filterWords - 1)]! & (1 << (hash & 31))) === 0) return NO_MERGE;
    const { splits } = this;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const stored = slots[slot]!;
      if (stored === 0) return NO_MERGE;
      if (((stored ^ hash) & ~idMask) !== 0) continue;
      const id = (stored & idMask) - 1;
      if (splits[id * 2] === left && splits[id * 2 + 1] === right) return id;
    }
  }
}

function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
