/**
 * A growing hash map from byte strings to entry numbers 0, 1, 2 … in order of
 * insertion. Keys lie end to end in one arena, padded to 4-byte words, so that
 * hashing and comparing go a word at a time and nothing is allocated per key.
 */

/** Mask of the last word of a key by `length & 3`. */
export const lastWordMasks = Int32Array.of(-1, 0xff, 0xffff, 0xffffff);

/** Bytes that must be readable after the end of a key passed in: keys are read a word at a time. */
export const keyPadding = 8;

/** 32-bit hash of `length` bytes at `position`. */
export function hashBytes(view: DataView, position: number, length: number): number {
  let hash = length;
  const last = position + ((length - 1) & ~3);
  for (let at = position; at < last; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (view.getInt32(last, true) & lastWordMasks[length & 3]!), 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export class ByteMap {
  size = 0;
  #slots: Int32Array;
  #hashes: Int32Array;
  /** Word offset of each key in the arena; keys are in order of insertion. */
  #offsets: Int32Array;
  #lengths: Int32Array;
  #arena: Int32Array;
  #arenaUsed = 0;

  constructor(expected = 64) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#slots = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity / 2);
    this.#offsets = new Int32Array(capacity / 2);
    this.#lengths = new Int32Array(capacity / 2);
    this.#arena = new Int32Array(capacity);
  }

  /** Bytes of memory held. */
  get byteSize(): number {
    return (
      this.#slots.byteLength + this.#hashes.byteLength + this.#offsets.byteLength * 2 + this.#arena.byteLength
    );
  }

  /** Entry number, or -1. */
  find(view: DataView, position: number, length: number): number {
    return this.#find(view, position, length, hashBytes(view, position, length));
  }

  /** Entry number of the key, which is added when it is new (then the result is the former `size`). */
  add(view: DataView, position: number, length: number): number {
    const hash = hashBytes(view, position, length);
    const found = this.#find(view, position, length, hash);
    if (found >= 0) return found;
    if (this.size * 2 >= this.#slots.length) this.#grow();
    const words = (length + 3) >> 2;
    if (this.#arenaUsed + words > this.#arena.length) {
      this.#arena = grown(this.#arena, Math.max(this.#arena.length * 1.5, this.#arenaUsed + words));
    }
    const entry = this.size++;
    this.#hashes[entry] = hash;
    this.#offsets[entry] = this.#arenaUsed;
    this.#lengths[entry] = length;
    for (let i = 0; i < words; i++) this.#arena[this.#arenaUsed + i] = view.getInt32(position + i * 4, true);
    if (words > 0) this.#arena[this.#arenaUsed + words - 1]! &= lastWordMasks[length & 3]!;
    this.#arenaUsed += words;
    this.#place(entry);
    return entry;
  }

  keyLength(entry: number): number {
    return this.#lengths[entry]!;
  }

  /**
   * The bytes of a key: a view of the arena, valid until the next
   * `add`. Words are little-endian on every supported platform.
   */
  key(entry: number): Uint8Array {
    return new Uint8Array(this.#arena.buffer, this.#offsets[entry]! * 4, this.#lengths[entry]!);
  }

  #find(view: DataView, position: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]! - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] === hash && this.#equals(entry, view, position, length)) return entry;
    }
  }

  #equals(entry: number, view: DataView, position: number, length: number): boolean {
    if (this.#lengths[entry] !== length) return false;
    const arena = this.#arena;
    const last = (length - 1) >> 2;
    let word = this.#offsets[entry]!;
    for (let i = 0; i < last; i++) {
      if (arena[word++] !== view.getInt32(position + i * 4, true)) return false;
    }
    return (
      length === 0 || arena[word] === (view.getInt32(position + last * 4, true) & lastWordMasks[length & 3]!)
    );
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[entry]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #grow(): void {
    const capacity = this.#slots.length * 2;
    this.#hashes = grown(this.#hashes, capacity / 2);
    this.#offsets = grown(this.#offsets, capacity / 2);
    this.#lengths = grown(this.#lengths, capacity / 2);
    this.#slots = new Int32Array(capacity);
    for (let entry = 0; entry < this.size; entry++) this.#place(entry);
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.ceil(length));
  larger.set(array);
  return larger;
}
