/**
 * The inner loop of encoding: text → UTF-8 windows → pieces → ids. A piece is looked up among the pieces seen before: first in a
 * small table of short pieces that stays in the processor's cache, then in the large one; a new piece is looked up in the vocabulary
 * (where a piece that is a token needs no merging) and merged otherwise.
 */
import type { PreTokenizer } from '../pretokenize/pre-tokenizer.js';
import type { Scanner } from '../pretokenize/scan-runs.js';
import type { Merger } from './merger.js';
import { MISSING, PieceTable } from './piece-table.js';
import { Utf8Buffer, windowEnd } from './text-windows.js';

/** Longer pieces are merged each time; they seldom come back. */
const longestCachedPiece = 256;
/** Pieces cached before the cache is cleared: some 45 MB. */
const cachedPieces = 690_000;
/** Slots of the small table: bits 0–31 and 32–63 of the piece, length in bytes (0: empty), value. 256 KB. */
const frontSlots = 1 << 14;
const frontLength = 8;

export class PieceEncoder {
  /** Ids found so far: `ids[0, length)`. */
  ids = new Int32Array(4096);
  length = 0;
  /** Forget ids and only count them. */
  countOnly = false;
  #forgotten = 0;
  #cache = new PieceTable(1 << 12);
  #merged = new Int32Array(longestCachedPiece);
  readonly #front = new Int32Array(frontSlots * 4);
  readonly #utf8 = new Utf8Buffer();

  constructor(
    readonly preTokenizer: PreTokenizer,
    readonly merger: Merger,
    /** Tokens that a whole piece may be without merging. */
    readonly vocabulary?: PieceTable,
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
    const { scanner } = this.preTokenizer;
    if (scanner === undefined) {
      this.preTokenizer.split(text, (start, end) => {
        if (this.total < limit) this.#encodeWhole(text.slice(start, end));
      });
      return;
    }
    for (let start = 0; start < text.length && this.total < limit; ) {
      const end = windowEnd(text, start);
      this.#encodeWindow(start === 0 && end === text.length ? text : text.slice(start, end), scanner);
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

  #encodeWindow(text: string, scanner: Scanner): void {
    const end = this.#utf8.write(text);
    this.#reserve(end);
    const { bytes, view } = this.#utf8;
    const { ids } = this;
    const front = this.#front;
    let { length } = this;
    for (let start = 0; start < end; ) {
      const next = scanner(bytes, start, end);
      const size = next - start;
      let value = 0;
      if (size <= frontLength) {
        let low = view.getInt32(start, true);
        let high = 0;
        if (size <= 4) low &= -1 >>> ((4 - size) << 3);
        else high = view.getInt32(start + 4, true) & (-1 >>> ((8 - size) << 3));
        const hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
        const slot = ((hash ^ (hash >>> 15)) & (frontSlots - 1)) << 2;
        if (front[slot] === low && front[slot + 1] === high && front[slot + 2] === size)
          value = front[slot + 3]!;
        else {
          value = this.#lookUp(start, size);
          front[slot] = low;
          front[slot + 1] = high;
          front[slot + 2] = size;
          front[slot + 3] = value;
        }
      } else if (size <= longestCachedPiece) value = this.#lookUp(start, size);
      else {
        length = this.#encodeLong(start, next, length);
        start = next;
        continue;
      }
      start = next;
      if (value >= 0) ids[length++] = value;
      else {
        const { lists } = this.#cache;
        const offset = ~value;
        const listEnd = offset + lists[offset]!;
        for (let i = offset + 1; i <= listEnd; i++) ids[length++] = lists[i]!;
      }
    }
    this.length = length;
  }

  /** `text` is one piece. */
  #encodeWhole(text: string): void {
    const size = this.#utf8.write(text);
    this.#reserve(size);
    if (size > longestCachedPiece) {
      this.length = this.#encodeLong(0, size, this.length);
      return;
    }
    const value = this.#lookUp(0, size);
    if (value >= 0) this.ids[this.length++] = value;
    else {
      const { lists } = this.#cache;
      for (let i = 1; i <= lists[~value]!; i++) this.ids[this.length++] = lists[~value + i]!;
    }
  }

  /** Writes the ids of a piece that is too long to keep; returns the new length. */
  #encodeLong(start: number, end: number, length: number): number {
    const { view } = this.#utf8;
    const known = this.vocabulary?.find(view, start, end - start) ?? MISSING;
    if (known === MISSING) return this.merger.merge(view, start, end, this.ids, length);
    this.ids[length] = known;
    return length + 1;
  }

  /** The value (see `PieceTable`) of the piece at `start` of the buffer. */
  #lookUp(start: number, size: number): number {
    const { view } = this.#utf8;
    const cached = this.#cache.find(view, start, size);
    if (cached !== MISSING) return cached;
    if (this.#cache.size >= cachedPieces) {
      this.#cache = new PieceTable(1 << 12);
      this.#front.fill(0);
    }
    let value = this.vocabulary?.find(view, start, size) ?? MISSING;
    if (value === MISSING) {
      if (size > this.#merged.length) this.#merged = new Int32Array(size * 2);
      const count = this.merger.merge(view, start, start + size, this.#merged, 0);
      value = this.#cache.listValue(this.#merged, 0, count);
    }
    this.#cache.add(view, start, size, value);
    return value;
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
