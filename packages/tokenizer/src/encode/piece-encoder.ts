/**
 * The inner loop of encoding: text → UTF-8 windows → pieces → ids, with every piece looked up whole before it is merged (tiktoken:
 * the vocabulary itself; others: what was merged before).
 */
import type { PreTokenizer } from '../pretokenize/pre-tokenizer.js';
import type { Scanner } from '../pretokenize/scan-runs.js';
import type { Merger } from './merger.js';
import { MISSING, type PieceTable } from './piece-table.js';
import { Utf8Buffer, windowEnd } from './text-windows.js';

/** Longer pieces are merged each time; they seldom come back. */
const longestCachedPiece = 256;
/** Pieces cached before the table is cleared: some 30 MB. */
const cachedPieces = 400_000;

export class PieceEncoder {
  /** Ids found so far: `ids[0, length)`. */
  ids = new Int32Array(4096);
  length = 0;
  /** Forget ids and only count them. */
  countOnly = false;
  #forgotten = 0;
  #table: PieceTable;
  readonly #utf8 = new Utf8Buffer();
  #cached = 0;

  constructor(
    readonly preTokenizer: PreTokenizer,
    readonly merger: Merger,
    /** A table with the vocabulary, where a whole piece that is a token needs no merging; called again when the cache is full. */
    readonly createTable: () => PieceTable,
  ) {
    this.#table = createTable();
  }

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
    let table = this.#table;
    let { length } = this;
    for (let start = 0; start < end; ) {
      const next = scanner(bytes, start, end);
      const value = table.find(view, start, next - start);
      if (value >= 0) ids[length++] = value;
      else if (value !== MISSING) {
        const { lists } = table;
        const offset = ~value;
        const listEnd = offset + lists[offset]!;
        for (let i = offset + 1; i <= listEnd; i++) ids[length++] = lists[i]!;
      } else {
        length = this.#mergePiece(start, next, length);
        table = this.#table;
      }
      start = next;
    }
    this.length = length;
  }

  /** `text` is one piece. */
  #encodeWhole(text: string): void {
    const end = this.#utf8.write(text);
    this.#reserve(end);
    const { ids } = this;
    const table = this.#table;
    const value = table.find(this.#utf8.view, 0, end);
    if (value >= 0) ids[this.length++] = value;
    else if (value === MISSING) this.length = this.#mergePiece(0, end, this.length);
    else {
      const offset = ~value;
      const count = table.lists[offset]!;
      for (let i = 1; i <= count; i++) ids[this.length++] = table.lists[offset + i]!;
    }
  }

  #mergePiece(start: number, end: number, length: number): number {
    const { view } = this.#utf8;
    const after = this.merger.merge(view, start, end, this.ids, length);
    if (end - start <= longestCachedPiece && after > length) {
      if (this.#cached >= cachedPieces) {
        this.#table = this.createTable();
        this.#cached = 0;
      }
      this.#table.add(view, start, end - start, this.#table.listValue(this.ids, length, after));
      this.#cached++;
    }
    return after;
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
