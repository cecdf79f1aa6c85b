/**
 * The inner loop of encoding: text → UTF-8 windows → pieces → ids, a window at a time in passes that each do
 * one thing, so that the processor waits for the memory of many pieces at once. A piece is looked up among
 * those seen before: first in a small table of short pieces that stays in the processor's cache, then in the
 * large one; a new piece is merged.
 */

import type { Scanner } from '../pretokenize/scan-runs.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { hashBytes } from '../vocabulary/byte-map.js';
import { longestCachedPiece, PieceCache } from './piece-cache.js';
import { Utf8Buffer, windowEnd } from './text-windows.js';
import { utf8LengthOf } from './token-offsets.js';

/** Writes the ids of bytes [start, end) to `out` from `length` on and returns the new length. */
export interface PieceMerger {
  merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number;
}

/** Slots of the small table: bits 0–31 and 32–63 of the piece, length in bytes (0: empty), value. 256 KB. */
const frontSlots = 1 << 14;
const frontLength = 8;
/** By size: the bits of a short piece in its first and second word. */
const lowMasks = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1, -1, -1, -1, -1);
const highMasks = Int32Array.of(0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, -1);

/** The value of a piece that is merged each time: too long to keep, or there is no room. */
const NOT_KEPT = -0x80000000;

export class PieceEncoder {
  /** Ids found so far: `ids[0, length)`. */
  ids = new Int32Array(4096);
  length = 0;
  /** Forget ids and only count them. */
  countOnly = false;
  /**
   * Where it is set: of every piece, its first byte in the text, the byte after its last, and the number of
   * ids after it.
   */
  pieces: number[] | undefined;
  #forgotten = 0;
  #cache = new PieceCache();
  readonly #merged = new Int32Array(longestCachedPiece);
  readonly #front = new Int32Array(frontSlots * 4);
  readonly #utf8 = new Utf8Buffer();
  /** Of the pieces of a window: where each ends, and its value: an id, ~entry in the cache, or `NOT_KEPT`. */
  #ends = new Int32Array(1 << 14);
  #values = new Int32Array(1 << 14);
  /** Pieces that the small table does not hold, and their hashes. */
  #pending = new Int32Array(1 << 14);
  #hashes = new Int32Array(1 << 14);

  constructor(
    readonly preTokenizer: PreTokenizer,
    readonly merger: PieceMerger,
  ) {}

  /** Ids found since `restart`, the forgotten ones included. */
  get total(): number {
    return this.#forgotten + this.length;
  }

  restart(): void {
    this.length = 0;
    this.#forgotten = 0;
  }

  /** Appends one id. */
  push(id: number): void {
    this.#reserve(1);
    this.ids[this.length++] = id;
  }

  /** Appends the ids of `text`; stops between two windows once `limit` ids are there. */
  encode(text: string, limit = Number.POSITIVE_INFINITY): void {
    const { scanner, isCut, split } = this.preTokenizer;
    if (scanner === undefined) {
      let unit = 0;
      let byte = 0;
      split(text, (start, end) => {
        if (this.total >= limit) return;
        if (this.pieces !== undefined) byte += utf8LengthOf(text.slice(unit, start));
        unit = end;
        this.#ends[0] = this.#utf8.write(text.slice(start, end));
        this.#encodePieces(1, byte);
        byte += this.#ends[0];
      });
      return;
    }
    for (let start = 0, byte = 0; start < text.length && this.total < limit; ) {
      const end = windowEnd(text, start, isCut);
      const size = this.#utf8.write(start === 0 && end === text.length ? text : text.slice(start, end));
      this.#encodePieces(this.#scan(scanner, size), byte);
      byte += size;
      start = end;
    }
    this.#utf8.shrink();
  }

  /** A copy of the ids, and an empty list again. */
  take(): Int32Array {
    const result = this.ids.slice(0, this.length);
    this.length = 0;
    if (this.ids.length > 1 << 22) this.ids = new Int32Array(4096);
    return result;
  }

  /** Finds the ends of all pieces in the buffer and returns how many there are. */
  #scan(scanner: Scanner, size: number): number {
    const { view } = this.#utf8;
    if (size > this.#ends.length) this.#growPieces(size);
    const ends = this.#ends;
    let count = 0;
    for (let start = 0; start < size; ) {
      start = scanner(view, start, size);
      ends[count++] = start;
    }
    return count;
  }

  /** `byte`: where the buffer begins in the text. */
  #encodePieces(count: number, byte: number): void {
    if (count === 0) return;
    if (this.#cache.isFull) {
      this.#cache = new PieceCache();
      this.#front.fill(0);
    }
    this.#resolve(this.#lookUpFront(count));
    this.#emit(count, byte);
  }

  /**
   * Values of the pieces that the small table holds; the others become pending, and their number is returned.
   */
  #lookUpFront(count: number): number {
    const { view } = this.#utf8;
    const front = this.#front;
    const ends = this.#ends;
    const values = this.#values;
    const pending = this.#pending;
    let waiting = 0;
    for (let i = 0, start = 0; i < count; i++) {
      const end = ends[i]!;
      const size = end - start;
      if (size <= frontLength) {
        const low = view.getInt32(start, true) & lowMasks[size]!;
        const high = view.getInt32(start + 4, true) & highMasks[size]!;
        const slot = frontSlot(low, high);
        if (front[slot] === low && front[slot + 1] === high && front[slot + 2] === size) {
          values[i] = front[slot + 3]!;
          start = end;
          continue;
        }
      }
      pending[waiting++] = i;
      start = end;
    }
    return waiting;
  }

  /** Values of the pending pieces, from the cache or by merging. */
  #resolve(waiting: number): void {
    const { view } = this.#utf8;
    const cache = this.#cache;
    const front = this.#front;
    const ends = this.#ends;
    const values = this.#values;
    const pending = this.#pending;
    const hashes = this.#hashes;
    const merged = this.#merged;
    for (let k = 0; k < waiting; k++) {
      const i = pending[k]!;
      const start = i === 0 ? 0 : ends[i - 1]!;
      const size = ends[i]! - start;
      hashes[k] = size <= longestCachedPiece ? hashBytes(view, start, size) : 0;
    }
    cache.touch(hashes, waiting);
    for (let k = 0; k < waiting; k++) {
      const i = pending[k]!;
      const start = i === 0 ? 0 : ends[i - 1]!;
      const size = ends[i]! - start;
      const hash = hashes[k]!;
      values[i] = NOT_KEPT;
      if (size > longestCachedPiece) continue;
      let entry = cache.find(view, start, size, hash);
      if (entry === 0) {
        if (cache.isFull) continue;
        const count = this.merger.merge(view, start, start + size, merged, 0);
        entry = cache.add(view, start, size, hash, merged, count);
      }
      const value = cache.countOf(entry) === 1 ? cache.arena[entry + 1]! : ~entry;
      values[i] = value;
      if (size <= frontLength) {
        const low = view.getInt32(start, true) & lowMasks[size]!;
        const high = view.getInt32(start + 4, true) & highMasks[size]!;
        const slot = frontSlot(low, high);
        front[slot] = low;
        front[slot + 1] = high;
        front[slot + 2] = size;
        front[slot + 3] = value;
      }
    }
  }

  #emit(count: number, byte: number): void {
    const ends = this.#ends;
    const values = this.#values;
    const cache = this.#cache;
    const { arena } = cache;
    this.#reserve(ends[count - 1]!);
    const { ids } = this;
    let { length } = this;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value >= 0) ids[length++] = value;
      else if (value === NOT_KEPT) {
        const start = i === 0 ? 0 : ends[i - 1]!;
        length = this.merger.merge(this.#utf8.view, start, ends[i]!, ids, length);
      } else {
        const last = ~value + cache.countOf(~value);
        for (let at = ~value; at < last; ) ids[length++] = arena[++at]!;
      }
      this.pieces?.push(byte + (i === 0 ? 0 : ends[i - 1]!), byte + ends[i]!, length);
    }
    this.length = length;
  }

  #growPieces(size: number): void {
    this.#ends = new Int32Array(size);
    this.#values = new Int32Array(size);
    this.#pending = new Int32Array(size);
    this.#hashes = new Int32Array(size);
  }

  #reserve(more: number): void {
    if (this.countOnly) {
      this.#forgotten += this.length;
      this.length = 0;
    }
    if (this.length + more <= this.ids.length) return;
    const larger = new Int32Array(Math.max(this.length + more, this.ids.length * 2));
    larger.set(this.ids.subarray(0, this.length));
    this.ids = larger;
  }
}

/** Where the small table has a piece. */
function frontSlot(low: number, high: number): number {
  const hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return ((hash ^ (hash >>> 15)) & (frontSlots - 1)) << 2;
}
