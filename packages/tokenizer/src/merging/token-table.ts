/** Token bytes → id, over the tokens as they lie end to end: one word a slot, no copy of the bytes. */
import { hashBytes, lastWordMasks } from '../vocabulary/byte-map.js';
import { paddedView, type TokenBytes } from '../vocabulary/token-bytes.js';

/** Ids are below 2^21, so id + 1 takes 22 bits; those above hold a part of the hash. */
const idMask = (1 << 22) - 1;

export class TokenTable {
  readonly #view: DataView;
  readonly #offsets: Int32Array;
  readonly #slots: Int32Array;

  /** Of tokens with the same bytes the one of the smallest id counts; those of `raw` do not. */
  constructor({ bytes, offsets }: TokenBytes, raw?: ReadonlySet<number>) {
    this.#view = paddedView(bytes);
    this.#offsets = offsets;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(offsets.length * 2)));
    const mask = this.#slots.length - 1;
    for (let id = 0; id + 1 < offsets.length; id++) {
      const start = offsets[id]!;
      const length = offsets[id + 1]! - start;
      if (length === 0 || raw?.has(id)) continue;
      const hash = hashBytes(this.#view, start, length);
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = (hash & ~idMask) | (id + 1);
    }
  }

  /** Id of the token that is these bytes, -1 for none. */
  find(view: DataView, position: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashBytes(view, position, length);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const stored = slots[slot]!;
      if (stored === 0) return -1;
      if (((stored ^ hash) & ~idMask) !== 0) continue;
      const id = (stored & idMask) - 1;
      if (this.#equals(id, view, position, length)) return id;
    }
  }

  #equals(id: number, view: DataView, position: number, length: number): boolean {
    const start = this.#offsets[id]!;
    if (this.#offsets[id + 1]! - start !== length) return false;
    const last = (length - 1) & ~3;
    for (let at = 0; at < last; at += 4)
      if (this.#view.getInt32(start + at, true) !== view.getInt32(position + at, true)) return false;
    const difference = this.#view.getInt32(start + last, true) ^ view.getInt32(position + last, true);
    return (difference & lastWordMasks[length & 3]!) === 0;
  }
}
