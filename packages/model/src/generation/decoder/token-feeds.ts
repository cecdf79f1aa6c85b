/** New tokens of several rows as inputs of the decode graph. */
import type { HostTensor } from '@llm/graph';
import { int32 } from '../../architecture/host-tensors.js';

/** Where rows stand: how many tokens each has read, and the last of them. */
export class RowEnds {
  #ends: readonly { readonly length: number; readonly last: number }[];

  constructor(
    rows: number,
    private readonly contextLength: number,
  ) {
    this.#ends = new Array(rows).fill({ length: 0, last: 0 });
  }

  /** Tokens of each row. */
  get lengths(): number[] {
    return this.#ends.map(({ length }) => length);
  }

  /** Rows are padded at their ends; each continues at its own position. See `decodeGraph` for the shapes. */
  feeds(tokens: readonly ArrayLike<number>[]): Record<string, HostTensor> {
    const rows = tokens.length;
    const time = longest(tokens);
    const ids = new Int32Array(rows * time);
    const previous = new Int32Array(rows * time);
    const places = new Int32Array(rows * time);
    for (const [row, { length, last }] of this.#ends.entries()) {
      const start = row * time;
      ids.set(tokens[row]!, start);
      previous.set(ids.subarray(start, start + time - 1), start + 1);
      previous[start] = last;
      for (let i = 0; i < time; i++) places[start + i] = length + i;
    }
    const int32 = (shape: readonly number[], data: Int32Array): HostTensor => ({
      type: 'int32',
      shape,
      data,
    });
    const ends = tokens.map(({ length }, row) => row * time + Math.max(0, length - 1));
    return {
      tokens: int32([rows, time], ids),
      previous: int32([rows, time], previous),
      places: int32([rows, time], places),
      // Padding may stand past the window, where there are no positions.
      positions: int32(
        [rows, time],
        places.map((place) => Math.min(place, this.contextLength - 1)),
      ),
      last: int32([rows], Int32Array.from(ends)),
    };
  }

  /** After reading `tokens`. */
  advance(tokens: readonly ArrayLike<number>[]): void {
    this.#ends = this.#ends.map(({ length, last }, row) => {
      const list = tokens[row]!;
      return { length: length + list.length, last: list[list.length - 1] ?? last };
    });
  }

  /** See `DecoderBatch.select`. */
  select(rows: readonly number[]): void {
    this.#ends = rows.map((row) => this.#ends[row]!);
  }

  /** See `DecoderBatch.join`. */
  join(other: RowEnds): void {
    this.#ends = [...this.#ends, ...other.#ends];
  }

  /** A single row that has read `length` tokens up to `last`. */
  static at(length: number, last: number, contextLength: number): RowEnds {
    const ends = new RowEnds(1, contextLength);
    ends.#ends = [{ length, last }];
    return ends;
  }
}

/** 0, 1, … as the decode graph's `slots`. */
export function slotFeed(capacity: number): HostTensor {
  return int32(Int32Array.from({ length: capacity }, (_, slot) => slot));
}

export function longest(tokens: readonly ArrayLike<number>[]): number {
  return tokens.reduce((most, { length }) => Math.max(most, length), 1);
}
