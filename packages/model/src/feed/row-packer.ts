/**
 * Which document goes where in a row of `columns + 1` tokens; lengths only, no token is read. After nanochat: documents
 * wait in a buffer, a row is filled with the longest that still fits, and when none fits the shortest is cut. Every
 * document begins with BOS and the row that opens with a document begins with it.
 *
 * What nanochat loses of a cut document (about a third of a corpus of long documents) is kept by default: the rest opens
 * a later row, led by the token before it, so that every token is a target once per epoch. `remainder: 'discard'` is
 * nanochat's rule: each row begins with BOS, and what does not fit is gone (`discardedTokens` counts it).
 *
 * Documents longer than a row are windows of `columns` tokens; windows and documents of an epoch come in a seeded random
 * order. The state between two rows is small and exact.
 */
import { LlmError } from '@llm/core';
import { permutation } from './permutation.js';

export interface RowPackerOptions {
  /** Predicted positions per row. */
  readonly columns: number;
  readonly seed: number | string;
  /** How many documents wait for a place they fit. Default 1000. */
  readonly lookahead?: number;
  /** What becomes of the rest of a document that was cut. Default `continue`. */
  readonly remainder?: 'continue' | 'discard';
}

export interface RowPackerState {
  readonly epoch: number;
  /** Windows of this epoch taken up so far. */
  readonly next: number;
  /** What waits: document, first token, document, first token, … */
  readonly waiting: readonly number[];
  readonly discardedTokens: number;
}

/** Tokens `from` … `from + count − 1` of a document, after one leading token at `at` of the row. */
export interface Placement {
  readonly document: number;
  readonly from: number;
  readonly count: number;
  readonly at: number;
}

export interface PackedRow {
  readonly placements: readonly Placement[];
  /** Tokens of the row in use: below columns + 1 only where nothing was left to fill it with. */
  readonly used: number;
}

/** A window of a document. It is led by BOS when `from` is 0, otherwise by the token before it. */
interface Piece {
  readonly document: number;
  readonly from: number;
  readonly count: number;
}

export class RowPacker {
  readonly #options: Required<RowPackerOptions>;
  /** Windows before each document. */
  readonly #windowsBefore: Uint32Array;
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
    this.#options = { lookahead: 1000, remainder: 'continue', ...options };
    this.#lengths = lengths;
    this.#windowsBefore = new Uint32Array(count + 1);
    for (let document = 0; document < count; document++) {
      const windows = Math.ceil(lengths(document) / options.columns);
      this.#windowsBefore[document + 1] =
        this.#windowsBefore[document]! +
        (this.#options.remainder === 'discard' ? Math.min(1, windows) : windows);
    }
    if (this.#windowsBefore[count] === 0)
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
      const [piece] = this.#waiting.splice(index, 1) as [Piece];
      const count = Math.min(piece.count, rowLength - used - 1);
      placements.push({ document: piece.document, from: piece.from, count, at: used });
      used += 1 + count;
      if (count === piece.count) return;
      // At the last position of a row there is room for a BOS alone: "a document begins" is worth predicting.
      if (count > 0 && this.#options.remainder === 'discard') this.#discardedTokens += piece.count - count;
      else this.#waiting.push({ ...piece, from: piece.from + count, count: piece.count - count });
    };
    // Only the beginning of a row can go on in the middle of a document; there such windows go first.
    place(
      Math.max(
        0,
        this.#waiting.findIndex(({ from }) => from > 0),
      ),
    );
    while (used < rowLength) {
      this.#takeUp();
      const index = this.#fitting(rowLength - used - 1);
      if (index === undefined) break;
      place(index);
    }
    return { placements, used };
  }

  /** The longest waiting document with at most `room` tokens, else the shortest of all. */
  #fitting(room: number): number | undefined {
    let longest: number | undefined;
    let shortest: number | undefined;
    for (const [index, { from, count }] of this.#waiting.entries()) {
      if (from > 0) continue;
      if (count <= room && (longest === undefined || count > this.#waiting[longest]!.count)) longest = index;
      if (shortest === undefined || count < this.#waiting[shortest]!.count) shortest = index;
    }
    return longest ?? shortest;
  }

  #takeUp(): void {
    const total = this.#windowsBefore[this.#windowsBefore.length - 1]!;
    while (this.#waiting.length < this.#options.lookahead && this.#next < total) {
      const window = this.#order(this.#next++);
      const document = this.#documentOf(window);
      const from = (window - this.#windowsBefore[document]!) * this.#options.columns;
      const piece = this.#piece(document, from);
      if (this.#options.remainder === 'discard')
        this.#discardedTokens += this.#lengths(document) - piece.count;
      this.#waiting.push(piece);
    }
  }

  /** From `from` to the end of the window it lies in. */
  #piece(document: number, from: number): Piece {
    const { columns } = this.#options;
    const end = Math.min(this.#lengths(document), (Math.floor(from / columns) + 1) * columns);
    return { document, from, count: end - from };
  }

  /** The last document with no more than `window` windows before it. */
  #documentOf(window: number): number {
    let low = 0;
    let high = this.#windowsBefore.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#windowsBefore[middle]! <= window) low = middle;
      else high = middle;
    }
    return low;
  }

  #orderOf(epoch: number): (index: number) => number {
    return permutation(this.#windowsBefore[this.#windowsBefore.length - 1]!, this.#options.seed, epoch);
  }
}
