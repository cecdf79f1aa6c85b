/** New tokens of several rows as inputs of the decode graph. */
import type { HostTensor } from '@llm/graph';
import type { ScoreRequest } from './decoder.js';

/** Where a row stands: how many tokens it has read, and the last of them. */
export interface RowEnd {
  readonly length: number;
  readonly last: number;
}

export const emptyRow: RowEnd = { length: 0, last: 0 };

/** Rows are padded at their ends; each continues at its own position. See `decodeGraph` for the shapes. */
export function tokenFeeds(
  ends: readonly RowEnd[],
  tokens: readonly ArrayLike<number>[],
  contextLength: number,
): Record<string, HostTensor> {
  const rows = tokens.length;
  const time = longest(tokens);
  const [ids, previous, places] = Array.from({ length: 3 }, () => new Int32Array(rows * time));
  for (const [row, list] of tokens.entries()) {
    const start = row * time;
    ids!.set(list, start);
    previous!.set(ids!.subarray(start, start + time - 1), start + 1);
    previous![start] = ends[row]!.last;
    for (let i = 0; i < time; i++) places![start + i] = ends[row]!.length + i;
  }
  const int32 = (shape: readonly number[], data: Int32Array): HostTensor => ({ type: 'int32', shape, data });
  return {
    tokens: int32([rows, time], ids!),
    previous: int32([rows, time], previous!),
    places: int32([rows, time], places!),
    // Padding may stand past the window, where there are no positions.
    positions: int32(
      [rows, time],
      places!.map((place) => Math.min(place, contextLength - 1)),
    ),
    last: int32(
      [rows],
      Int32Array.from(tokens, (list, row) => row * time + Math.max(0, list.length - 1)),
    ),
  };
}

/** What the graph needs to sample. */
export function samplingFeeds({ temperature, uniform }: ScoreRequest): Record<string, HostTensor> {
  return {
    inverseTemperature: { type: 'float32', shape: [1], data: Float32Array.of(1 / temperature) },
    uniform: { type: 'float32', shape: [uniform.length, 1], data: Float32Array.from(uniform) },
  };
}

/** 0, 1, … as the decode graph's `slots`. */
export function slotFeed(capacity: number): HostTensor {
  return {
    type: 'int32',
    shape: [capacity],
    data: Int32Array.from({ length: capacity }, (_, slot) => slot),
  };
}

export function longest(tokens: readonly ArrayLike<number>[]): number {
  return tokens.reduce((most, { length }) => Math.max(most, length), 1);
}

/** Where the rows stand after reading `tokens`. */
export function advanceEnds(ends: readonly RowEnd[], tokens: readonly ArrayLike<number>[]): RowEnd[] {
  return ends.map(({ length, last }, row) => {
    const list = tokens[row]!;
    return { length: length + list.length, last: list.length > 0 ? list[list.length - 1]! : last };
  });
}
