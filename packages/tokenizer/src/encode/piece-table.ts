/**
 * From a piece's bytes to its token ids: vocabulary and cache in one open-addressed table. A slot holds the key itself (up to 24
 * bytes) beside its value, so that a hit costs one random access; longer keys go to a `ByteMap`.
 *
 * A value >= 0 is a single id; a negative one is ~offset into a list that holds a count and then the ids.
 */
import { ByteMap, hashBytes } from './byte-map.js';

/** What `find` returns for an unknown piece. */
export const MISSING = -0x80000000;
/** Longest key held inside a slot, in bytes. */
const inlineLength = 24;
/** Words of a slot: key length (0: empty), value, 6 words of key. */
const slotWords = 8;
const lastWordMasks = Int32Array.of(-1, 0xff, 0xffff, 0xffffff);

export class PieceTable {
  /** Count, then ids, of every cached piece of several ids. */
  lists = new Int32Array(1024);
  #listsUsed = 0;
  #slots: Int32Array;
  #used = 0;
  readonly #long = new ByteMap();
  #longValues = new Int32Array(64);
  /** One bit for some bits of a hash: most keys that are not there are known to be absent without touching the slots. 256 KB. */
  readonly #filter: Int32Array | undefined;

  /** `isFiltered`: for a table that is asked for many keys it does not have. */
  constructor(expected: number, isFiltered = false) {
    this.#filter = isFiltered ? new Int32Array(1 << 16) : undefined;
    this.#slots = new Int32Array(slotWords * 2 ** Math.ceil(Math.log2(Math.max(64, expected * 1.6))));
  }

  get size(): number {
    return this.#used + this.#long.size;
  }

  find(view: DataView, position: number, length: number): number {
    if (length > inlineLength) {
      const entry = this.#long.find(view, position, length);
      return entry < 0 ? MISSING : this.#longValues[entry]!;
    }
    const hash = hashBytes(view, position, length);
    if (this.#filter !== undefined && (this.#filter[hash >>> 16]! & (1 << ((hash >>> 11) & 31))) === 0)
      return MISSING;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const last = (length - 1) >> 2;
    const lastWord = view.getInt32(position + last * 4, true) & lastWordMasks[length & 3]!;
    let slot = (hash << 3) & mask;
    for (;;) {
      const stored = slots[slot]!;
      if (stored === length && slots[slot + 2 + last] === lastWord) {
        let word = 0;
        while (word < last && slots[slot + 2 + word] === view.getInt32(position + word * 4, true)) word++;
        if (word === last) return slots[slot + 1]!;
      } else if (stored === 0) return MISSING;
      slot = (slot + slotWords) & mask;
    }
  }

  /** Adds a piece that is not there yet. */
  add(view: DataView, position: number, length: number, value: number): void {
    if (length > inlineLength) {
      const entry = this.#long.add(view, position, length);
      if (entry >= this.#longValues.length) {
        const larger = new Int32Array(this.#longValues.length * 2);
        larger.set(this.#longValues);
        this.#longValues = larger;
      }
      this.#longValues[entry] = value;
      return;
    }
    if (this.#used * 1.5 * slotWords >= this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashBytes(view, position, length);
    if (this.#filter !== undefined) this.#filter[hash >>> 16]! |= 1 << ((hash >>> 11) & 31);
    let slot = (hash << 3) & mask;
    while (slots[slot] !== 0) slot = (slot + slotWords) & mask;
    const last = (length - 1) >> 2;
    slots[slot] = length;
    slots[slot + 1] = value;
    for (let word = 0; word < last; word++) slots[slot + 2 + word] = view.getInt32(position + word * 4, true);
    slots[slot + 2 + last] = view.getInt32(position + last * 4, true) & lastWordMasks[length & 3]!;
    this.#used++;
  }

  /** Stores `ids[start, end)` and returns the value that stands for them. */
  listValue(ids: Int32Array, start: number, end: number): number {
    const count = end - start;
    if (count === 1) return ids[start]!;
    if (this.#listsUsed + count + 1 > this.lists.length) {
      const larger = new Int32Array(Math.max(this.lists.length * 2, this.#listsUsed + count + 1));
      larger.set(this.lists);
      this.lists = larger;
    }
    const offset = this.#listsUsed;
    this.lists[offset] = count;
    for (let i = 0; i < count; i++) this.lists[offset + 1 + i] = ids[start + i]!;
    this.#listsUsed += count + 1;
    return ~offset;
  }

  #grow(): void {
    const old = this.#slots;
    // Small tables grow in larger steps: every step moves all keys.
    this.#slots = new Int32Array(old.length * (old.length < 1 << 20 ? 4 : 2));
    const slots = this.#slots;
    const mask = slots.length - 1;
    const view = new DataView(old.buffer);
    for (let from = 0; from < old.length; from += slotWords) {
      const length = old[from]!;
      if (length === 0) continue;
      let slot = (hashBytes(view, (from + 2) * 4, length) << 3) & mask;
      while (slots[slot] !== 0) slot = (slot + slotWords) & mask;
      for (let word = 0; word < slotWords; word++) slots[slot + word] = old[from + word]!;
    }
  }
}
