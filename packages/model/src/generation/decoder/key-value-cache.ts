/**
 * Keys and values of running rows in memory the runtime reads in place. A row is a fixed number of slots, so appending
 * writes a few numbers, dropping a row moves one, and the live rows are always the front of the buffer.
 */
import type { HostTensor } from '@llm/graph';
import type { ModelConfig } from '../../config/model-config.js';
import { type CacheTensor, cacheTensors } from './decode-graph.js';
import { slotFeed } from './token-feeds.js';

/** Slots are added in blocks of this size: empty ones still cost a little attention. */
const block = 32;

export class KeyValueCache {
  /** Slots per row. */
  #capacity = 0;
  /** [rows] tokens held per row */
  #lengths: number[] = [];
  /** Keys and values of every layer by input name, [rows, heads, capacity, headWidth] */
  readonly #buffers = new Map<string, Float32Array>();
  readonly #tensors: readonly CacheTensor[];

  /** `rows` empty rows; `tokens` is the most that a row will hold. */
  constructor(
    readonly config: ModelConfig,
    rows: number,
    readonly tokens: number,
  ) {
    this.#lengths = new Array<number>(rows).fill(0);
    this.#tensors = cacheTensors(config);
  }

  /** Room for `count` more tokens in every row. */
  reserve(count: number): void {
    const needed = Math.max(...this.#lengths) + count;
    if (needed <= this.#capacity) return;
    const { keyValueHeads, headWidth } = this.config;
    const capacity = Math.ceil(needed / block) * block;
    const heads = this.#lengths.length * keyValueHeads;
    for (const { past } of this.#tensors) {
      // Room for the longest row that may come, so that growing moves numbers within one array.
      const buffer = atLeast(this.#buffers.get(past), heads * headWidth * Math.max(capacity, this.tokens));
      // From the last head on, so that none is overwritten before it has moved.
      for (let head = heads - 1; head > 0; head--) {
        const from = head * this.#capacity * headWidth;
        const length = this.#lengths[Math.floor(head / keyValueHeads)]! * headWidth;
        buffer.copyWithin(head * capacity * headWidth, from, from + length);
      }
      this.#buffers.set(past, buffer);
    }
    this.#capacity = capacity;
  }

  /**
   * Appends the first `counts[row]` new tokens of each row: `fresh` is the decode graph's `present`. `reserve` room first.
   */
  append({ shape, data }: HostTensor, counts: readonly number[]): void {
    const [, heads, time, width] = shape as readonly [number, number, number, number];
    const source = data as Float32Array;
    let from = 0;
    for (const { past } of this.#tensors) {
      const buffer = this.#buffers.get(past)!;
      for (const [row, count] of counts.entries()) {
        for (let head = row * heads; head < (row + 1) * heads; head++) {
          const to = (head * this.#capacity + this.#lengths[row]!) * width;
          // Too short for a call of `set` to pay.
          for (let i = 0; i < count * width; i++) buffer[to + i] = source[from + i]!;
          from += time * width;
        }
      }
    }
    this.#lengths = this.#lengths.map((length, row) => length + counts[row]!);
  }

  /** See `DecoderBatch.select`. */
  select(rows: readonly number[]): void {
    const size = this.config.keyValueHeads * this.config.headWidth * this.#capacity;
    const repeats = rows.some((from, to) => from < to);
    for (const [name, old] of this.#buffers) {
      const buffer = atLeast(old, (old.length / this.#lengths.length) * rows.length);
      // Repeated rows are written from the last on, closed-up ones from the first: none is lost before it is read.
      for (let i = 0; i < rows.length; i++) {
        const to = repeats ? rows.length - 1 - i : i;
        const from = rows[to]!;
        if (from !== to) buffer.copyWithin(to * size, from * size, (from + 1) * size);
      }
      this.#buffers.set(name, buffer);
    }
    this.#lengths = rows.map((from) => this.#lengths[from]!);
  }

  /** The rows as inputs of the decode graph, without a copy. */
  feeds(): Record<string, HostTensor> {
    const rows = this.#lengths.length;
    const { keyValueHeads, headWidth } = this.config;
    const shape = [rows, keyValueHeads, this.#capacity, headWidth];
    const size = shape.reduce((a, b) => a * b);
    const feeds: Record<string, HostTensor> = {
      lengths: { type: 'int32', shape: [rows], data: Int32Array.from(this.#lengths) },
      slots: slotFeed(this.#capacity),
    };
    for (const [name, buffer] of this.#buffers)
      feeds[name] = { type: 'float32', shape, data: buffer.subarray(0, size) };
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
