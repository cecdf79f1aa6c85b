/**
 * The pieces seen so far and their ids. A slot is one word: a part of the
 * piece's hash and where its entry begins in an arena. Entries lie in order
 * of first sight, so that frequent pieces, which come early, share few pages.
 */
import { hashBytes, lastWordMasks } from '../vocabulary/byte-map.js';

/** Longest piece kept, in bytes. */
export const longestCachedPiece = 256;
const lengthBits = 9;
/** Words of the arena at most; the bits above hold a part of the hash. */
const entryMask = (1 << 23) - 1;
/** Words of an entry at most. */
const longestEntry = 1 + longestCachedPiece + longestCachedPiece / 4;

export class PieceCache {
  /** Entries: length in bytes | ids << 9, the ids, the bytes in words. */
  arena = new Int32Array(1 << 12);
  #arenaUsed = 1;
  #slots = new Int32Array(1 << 11);
  #size = 0;
  /** Of no meaning; without it the reads of `touch` would be left out. */
  touched = 0;

  /** No more pieces can be added: it holds some 40 MB. */
  get isFull(): boolean {
    return this.#arenaUsed > entryMask - longestEntry;
  }

  /** Ids of an entry: `arena[entry + 1]` and so on. */
  countOf(entry: number): number {
    return this.arena[entry]! >> lengthBits;
  }

  /**
   * Reads what `find` will need for these hashes, so that the
   * processor waits for all of it at once and not one after another.
   */
  touch(hashes: Int32Array, count: number): void {
    const slots = this.#slots;
    const { arena } = this;
    const mask = slots.length - 1;
    let touched = 0;
    for (let i = 0; i < count; i++) touched ^= slots[hashes[i]! & mask]!;
    for (let i = 0; i < count; i++) touched ^= arena[slots[hashes[i]! & mask]! & entryMask]!;
    this.touched = touched;
  }

  /** The entry of a piece, 0 for an unknown one. `hash` is that of `hashBytes`. */
  find(view: DataView, position: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const stored = slots[slot]!;
      if (stored === 0) return 0;
      const entry = stored & entryMask;
      if (((stored ^ hash) & ~entryMask) === 0 && this.#equals(entry, view, position, length)) return entry;
    }
  }

  /** Adds a piece that is not there with `ids[0, count)` and returns its entry. */
  add(
    view: DataView,
    position: number,
    length: number,
    hash: number,
    ids: Int32Array,
    count: number,
  ): number {
    const words = (length + 3) >> 2;
    const entry = this.#arenaUsed;
    if (entry + 1 + count + words > this.arena.length) {
      const larger = new Int32Array(this.arena.length * growth(this.arena.length));
      larger.set(this.arena);
      this.arena = larger;
    }
    const { arena } = this;
    arena[entry] = length | (count << lengthBits);
    let at = entry + 1;
    for (let i = 0; i < count; i++) arena[at++] = ids[i]!;
    for (let i = 0; i < words; i++) arena[at++] = view.getInt32(position + i * 4, true);
    arena[at - 1]! &= lastWordMasks[length & 3]!;
    this.#arenaUsed = at;
    this.#place(hash, entry);
    if (++this.#size * 3 > this.#slots.length * 2) this.#grow();
    return entry;
  }

  #place(hash: number, entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = (hash & ~entryMask) | entry;
  }

  #equals(entry: number, view: DataView, position: number, length: number): boolean {
    const { arena } = this;
    const header = arena[entry]!;
    if ((header & ((1 << lengthBits) - 1)) !== length) return false;
    let at = entry + 1 + (header >> lengthBits);
    const last = position + ((length - 1) & ~3);
    for (let from = position; from < last; from += 4)
      if (arena[at++] !== view.getInt32(from, true)) return false;
    return arena[at] === (view.getInt32(last, true) & lastWordMasks[length & 3]!);
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * growth(this.#slots.length));
    const { arena } = this;
    const view = new DataView(arena.buffer);
    for (let entry = 1; entry < this.#arenaUsed; ) {
      const length = arena[entry]! & ((1 << lengthBits) - 1);
      const key = entry + 1 + (arena[entry]! >> lengthBits);
      this.#place(hashBytes(view, key * 4, length), entry);
      entry = key + ((length + 3) >> 2);
    }
  }
}

/** Small ones grow in larger steps: every step moves all that is there. */
function growth(length: number): number {
  return length < 1 << 18 ? 4 : 2;
}
