/**
 * Keys and values of running rows in memory the runtime reads in place. A row is a fixed number of slots, so appending
 * writes a few numbers, dropping a row moves one, and the live rows are always the front of the buffer.
 */
import type { HostTensor } from '@llm/graph';
import type { ModelConfig } from '../model-config.js';
import { cacheName, cacheShape, freshName } from './decode-graph.js';
import { slotFeed } from './token-feeds.js';

/** Slots are added in blocks of this size: empty ones still cost a little attention. */
const block = 32;

export class KeyValueCache {
  /** Slots per row. */
  #capacity = 0;
  /** [rows] tokens held per row */
  #lengths: number[] = [];
  /** Per layer: keys [rows, heads, headWidth, capacity], values [rows, heads, capacity, headWidth]. */
  #keys: Float32Array[] = [];
  #values: Float32Array[] = [];

  /** `rows` empty rows; `tokens` is the most that a row will hold. */
  constructor(
    readonly config: ModelConfig,
    rows: number,
    readonly tokens: number,
  ) {
    this.#lengths = new Array<number>(rows).fill(0);
  }

  /** Numbers in one row of a layer's keys. */
  get #rowSize(): number {
    return this.config.keyValueHeads * this.config.headWidth * this.#capacity;
  }

  /** Room for `count` more tokens in every row. */
  reserve(count: number): void {
    const needed = Math.max(...this.#lengths) + count;
    if (needed <= this.#capacity) return;
    const { keyValueHeads, headWidth, depth } = this.config;
    const capacity = Math.ceil(needed / block) * block;
    const rows = this.#lengths.length;
    // Memory for the longest row that may come: the system gives pages when they are first written.
    const size = rows * keyValueHeads * headWidth * Math.max(capacity, this.tokens);
    const buffers = (old: Float32Array[]): Float32Array[] =>
      Array.from({ length: depth }, (_, layer) => atLeast(old[layer], size));
    [this.#keys, this.#values] = [buffers(this.#keys), buffers(this.#values)];
    // A value head is one run of numbers, a key head `headWidth` of them.
    for (const values of this.#values) this.#spread(values, rows * keyValueHeads, capacity, headWidth);
    for (const keys of this.#keys) this.#spread(keys, rows * keyValueHeads * headWidth, capacity, 1);
    this.#capacity = capacity;
  }

  /** Moves runs of `capacity` slots apart, from the last one on so that none is overwritten before it has moved. */
  #spread(buffer: Float32Array, runs: number, capacity: number, width: number): void {
    const perRow = runs / this.#lengths.length;
    for (let run = runs - 1; run > 0; run--) {
      const from = run * this.#capacity * width;
      const length = this.#lengths[Math.floor(run / perRow)]! * width;
      buffer.copyWithin(run * capacity * width, from, from + length);
    }
  }

  /** Appends the first `counts[row]` new tokens of each row of a run's outputs. `reserve` room first. */
  append(outputs: Readonly<Record<string, HostTensor>>, counts: readonly number[]): void {
    for (let layer = 0; layer < this.config.depth; layer++) {
      const keys = outputs[freshName(layer, 'key')]!;
      const values = outputs[freshName(layer, 'value')]!;
      for (const [row, count] of counts.entries()) {
        this.#appendKeys(this.#keys[layer]!, keys, row, count);
        this.#appendValues(this.#values[layer]!, values, row, count);
      }
    }
    this.#lengths = this.#lengths.map((length, row) => length + counts[row]!);
  }

  /** `fresh` [rows, heads, time, headWidth] into the columns of `buffer`. */
  #appendKeys(buffer: Float32Array, fresh: HostTensor, row: number, count: number): void {
    const [, heads, time, width] = fresh.shape as readonly [number, number, number, number];
    const source = fresh.data as Float32Array;
    const capacity = this.#capacity;
    const slot = this.#lengths[row]!;
    for (let head = row * heads; head < (row + 1) * heads; head++) {
      for (let token = 0; token < count; token++) {
        const from = (head * time + token) * width;
        const to = head * width * capacity + slot + token;
        for (let i = 0; i < width; i++) buffer[to + i * capacity] = source[from + i]!;
      }
    }
  }

  #appendValues(buffer: Float32Array, fresh: HostTensor, row: number, count: number): void {
    const [, heads, time, width] = fresh.shape as readonly [number, number, number, number];
    const source = fresh.data as Float32Array;
    for (let head = row * heads; head < (row + 1) * heads; head++) {
      const from = head * time * width;
      buffer.set(
        source.subarray(from, from + count * width),
        (head * this.#capacity + this.#lengths[row]!) * width,
      );
    }
  }

  /** See `DecoderBatch.select`. */
  select(rows: readonly number[]): void {
    const repeats = rows.some((from, to) => from < to);
    if (rows.length > this.#lengths.length) {
      const grown = (old: Float32Array): Float32Array =>
        atLeast(old, (old.length / this.#lengths.length) * rows.length);
      [this.#keys, this.#values] = [this.#keys.map(grown), this.#values.map(grown)];
    }
    // Repeated rows are written from the last on, closed-up ones from the first, so that no row is lost before it is read.
    const size = this.#rowSize;
    for (let i = 0; i < rows.length; i++) {
      const to = repeats ? rows.length - 1 - i : i;
      const from = rows[to]!;
      if (from === to) continue;
      for (const buffer of [...this.#keys, ...this.#values])
        buffer.copyWithin(to * size, from * size, (from + 1) * size);
    }
    this.#lengths = rows.map((from) => this.#lengths[from]!);
  }

  /** The rows as inputs of the decode graph, without a copy. */
  feeds(): Record<string, HostTensor> {
    const rows = this.#lengths.length;
    const feeds: Record<string, HostTensor> = {
      lengths: { type: 'int32', shape: [rows], data: Int32Array.from(this.#lengths) },
      slots: slotFeed(this.#capacity),
    };
    const sizes: Readonly<Record<string, number>> = { rows, capacity: this.#capacity };
    for (const [part, buffers] of [
      ['key', this.#keys],
      ['value', this.#values],
    ] as const) {
      const shape = cacheShape(this.config, part).map((size) =>
        typeof size === 'string' ? sizes[size]! : size,
      );
      for (const [layer, buffer] of buffers.entries())
        feeds[cacheName(layer, part)] = {
          type: 'float32',
          shape,
          data: buffer.subarray(0, rows * this.#rowSize),
        };
    }
    return feeds;
  }
}

/** `old` when it is large enough, otherwise a larger array that begins with it. */
function atLeast(old: Float32Array | undefined, size: number): Float32Array {
  if (old !== undefined && old.length >= size) return old;
  const grown = new Float32Array(size);
  if (old !== undefined) grown.set(old);
  return grown;
}
