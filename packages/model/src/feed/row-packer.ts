/**
 * Which document goes where in a row of `columns + 1` tokens; lengths only, no token is read. After nanochat:
 * documents wait in a buffer, the one that waited longest opens a row, the longest that still fits fills it,
 * and when none fits the shortest is cut. A document begins with BOS, where there is one.
 *
 * What nanochat loses of a cut document is kept by default: the rest goes to the end of the buffer and later
 * opens a row, led by the token before it (or, where nothing else is left to fill a row, stands in it led by
 * BOS), so that every token is a target once per epoch. `remainder: 'discard'` is nanochat's rule: each row
 * begins with a BOS and its document, and what does not fit is gone; `discardedTokens` counts it. Of
 * documents of 1000 tokens (mean, log-normal) that is a fifth in rows of 2048, of documents of 700 in rows of
 * 512 half.
 *
 * Documents of an epoch come in a seeded random order, those longer than 32 rows in sections. The state
 * between two rows is small and exact.
 */
import { LlmError } from '@llm/core';
import { permutation } from './permutation.js';

export interface RowPackerOptions {
  /** Predicted positions per row. */
  readonly columns: number;
  readonly seed: number | string;
  /** How many documents wait for a place they fit. Default 1000. */
  readonly lookahead?: number | undefined;
  /** What begins a document; null: nothing. Default: something. */
  readonly bosToken?: number | null | undefined;
  /** What becomes of the rest of a document that was cut. Default `continue`. */
  readonly remainder?: 'continue' | 'discard' | undefined;
}

export interface RowPackerState {
  readonly epoch: number;
  /** Sections of this epoch taken up so far. */
  readonly next: number;
  /** What waits: document, first token, document, first token, … */
  readonly waiting: readonly number[];
  readonly discardedTokens: number;
}

/** Rows after which a long document is cut into sections that are trained on in any order. */
const sectionRows = 32;

/**
 * Tokens `from` … `from + count − 1` of a document, at `at` of the row, after `lead` leading tokens: the
 * token before them when they go on at the beginning of a row, otherwise BOS. Without BOS it is the token
 * before them wherever they go on, and the beginning of a document has none.
 */
export interface Placement {
  readonly document: number;
  readonly from: number;
  readonly count: number;
  readonly at: number;
  readonly lead: 0 | 1;
}

export interface PackedRow {
  readonly placements: readonly Placement[];
  /** Tokens of the row in use: below columns + 1 only where nothing was left to fill it with. */
  readonly used: number;
}

/** From some token to the end of a document or section. */
interface Piece {
  readonly document: number;
  readonly from: number;
  readonly count: number;
}

export class RowPacker {
  readonly #options: RowPackerOptions & { readonly lookahead: number };
  readonly #sectionTokens: number;
  /** Sections before each document. */
  readonly #sectionsBefore: Uint32Array;
  readonly #lengths: (document: number) => number;
  #order: (index: number) => number;
  #epoch: number;
  #next: number;
  #waiting: Piece[];
  #discardedTokens: number;

  /** Throws `model/no-training-text` when there is no token. */
  constructor(
    count: number,
    lengths: (document: number) => number,
    options: RowPackerOptions,
    state: RowPackerState = { epoch: 0, next: 0, waiting: [], discardedTokens: 0 },
  ) {
    this.#options = { ...options, lookahead: options.lookahead ?? 1000 };
    this.#lengths = lengths;
    const { columns, remainder } = this.#options;
    this.#sectionTokens = remainder === 'discard' ? columns : columns * sectionRows;
    this.#sectionsBefore = new Uint32Array(count + 1);
    for (let document = 0; document < count; document++) {
      const sections = Math.ceil(lengths(document) / this.#sectionTokens);
      this.#sectionsBefore[document + 1] =
        this.#sectionsBefore[document]! + (remainder === 'discard' ? Math.min(1, sections) : sections);
    }
    if (this.#sectionsBefore[count] === 0)
      throw new LlmError({
        code: 'model/no-training-text',
        message: `The ${count} training documents hold no token. Check the data stage's report for what was dropped.`,
        details: { documents: count },
      });
    this.#epoch = state.epoch;
    this.#next = state.next;
    this.#discardedTokens = state.discardedTokens;
    this.#waiting = [];
    for (let i = 0; i < state.waiting.length; i += 2)
      this.#waiting.push(this.#piece(state.waiting[i]!, state.waiting[i + 1]!));
    this.#order = this.#orderOf(state.epoch);
  }

  get state(): RowPackerState {
    return {
      epoch: this.#epoch,
      next: this.#next,
      waiting: this.#waiting.flatMap(({ document, from }) => [document, from]),
      discardedTokens: this.#discardedTokens,
    };
  }

  next(): PackedRow {
    this.#takeUp();
    if (this.#waiting.length === 0) {
      this.#epoch++;
      this.#next = 0;
      this.#order = this.#orderOf(this.#epoch);
      this.#takeUp();
    }
    const rowLength = this.#options.columns + 1;
    const placements: Placement[] = [];
    let used = 0;
    const place = (index: number): void => {
      const piece = this.#waiting.splice(index, 1)[0]!;
      const lead = this.#lead(piece);
      const count = Math.min(piece.count, rowLength - used - lead);
      placements.push({ document: piece.document, from: piece.from, count, at: used, lead });
      used += lead + count;
      if (count === piece.count) return;
      // At the last position of a row there is room for a BOS alone: "a document begins" is worth predicting.
      if (count > 0 && this.#options.remainder === 'discard') this.#discardedTokens += piece.count - count;
      else this.#waiting.push({ ...piece, from: piece.from + count, count: piece.count - count });
    };
    place(0);
    while (used < rowLength) {
      this.#takeUp();
      if (this.#waiting.length === 0) break;
      place(this.#fitting(rowLength - used));
    }
    return { placements, used };
  }

  #lead({ from }: Piece): 0 | 1 {
    return this.#options.bosToken === null && from === 0 ? 0 : 1;
  }

  /**
   * The longest waiting beginning of a document that takes at most `room` places, else the shortest
   * beginning; the same among the rests when there is no beginning.
   */
  #fitting(room: number): number {
    let best = 0;
    let bestRank = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < this.#waiting.length; index++) {
      const piece = this.#waiting[index]!;
      const { from, count } = piece;
      const fit = count + this.#lead(piece) <= room ? count : -count;
      const rank = fit + (from === 0 ? 2 ** 40 : 0);
      if (rank > bestRank) {
        best = index;
        bestRank = rank;
      }
    }
    return best;
  }

  #takeUp(): void {
    const total = this.#sectionsBefore[this.#sectionsBefore.length - 1]!;
    while (this.#waiting.length < this.#options.lookahead && this.#next < total) {
      const section = this.#order(this.#next++);
      const document = this.#documentOf(section);
      const from = (section - this.#sectionsBefore[document]!) * this.#sectionTokens;
      const piece = this.#piece(document, from);
      if (this.#options.remainder === 'discard')
        this.#discardedTokens += this.#lengths(document) - piece.count;
      this.#waiting.push(piece);
    }
  }

  #piece(document: number, from: number): Piece {
    const section = Math.floor(from / this.#sectionTokens);
    const end = Math.min(this.#lengths(document), (section + 1) * this.#sectionTokens);
    return { document, from, count: end - from };
  }

  /** The last document with no more than `section` sections before it. */
  #documentOf(section: number): number {
    let low = 0;
    let high = this.#sectionsBefore.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#sectionsBefore[middle]! <= section) low = middle;
      else high = middle;
    }
    return low;
  }

  #orderOf(epoch: number): (index: number) => number {
    return permutation(this.#sectionsBefore[this.#sectionsBefore.length - 1]!, this.#options.seed, epoch);
  }
}
