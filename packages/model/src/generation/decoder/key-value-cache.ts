/**
 * Keys and values of running rows in memory the runtime reads in place. A row is a fixed number of slots, so
 * appending writes a few numbers, dropping a row moves one, and the live rows are the front of the buffer.
 */
import { LlmError } from '@llm/core';
import { discardArray, type HostTensor } from '@llm/graph';
import { float32, int32 } from '../../architecture/host-tensors.js';
import type { ModelConfig } from '../../config/model-config.js';
import { type CacheTensor, cacheTensors } from './decode-graph.js';
import { type RowEnds, slotFeed } from './token-feeds.js';

/** Slots are added in blocks of this size: empty ones still cost a little attention. */
const block = 32;

/** Rows that will not be longer have room for all their tokens at once. */
const firstSlots = 1024;

export class KeyValueCache {
  /** Slots per row. */
  #capacity = 0;
  /** Keys and values of every layer by input name, [rows, heads, capacity, headWidth] */
  readonly #buffers = new Map<string, Float32Array>();
  readonly #tensors: readonly CacheTensor[];
  /** Slots that a row will need at most: whole blocks, or growing to the last one would take new memory. */
  #tokens: number;

  /** Of the rows that stand at `ends`, which the caller moves on; a row will hold at most `tokens`. */
  constructor(
    private readonly config: ModelConfig,
    private readonly ends: RowEnds,
    tokens: number,
  ) {
    this.#tensors = cacheTensors(config);
    this.#tokens = inBlocks(tokens);
  }

  /** Room for `count` more tokens in every row; returns how many the longest one then has. */
  reserve(count: number): number {
    const { lengths } = this.ends;
    const needed = Math.max(...lengths) + count;
    if (needed <= this.#capacity) return needed;
    this.#resize(inBlocks(needed), lengths.length, lengths.length);
    return needed;
  }

  /** Rows of `capacity` slots, in memory for `rows` of them, and for `room` where more has to be had. */
  #resize(capacity: number, rows: number, room: number): void {
    const { lengths } = this.ends;
    const { keyValueHeads, headWidth } = this.config;
    const width = keyValueHeads * headWidth;
    const heads = lengths.length * keyValueHeads;
    const used = heads * headWidth * this.#capacity;
    for (const { past } of this.#tensors) {
      // Room for twice as much, where a row may become so long: growing then moves numbers within one array.
      const slots = Math.max(capacity, Math.min(this.#tokens, Math.max(2 * capacity, firstSlots)));
      const buffer = atLeast(this.#buffers.get(past), used, room * width * slots, rows * width * capacity);
      // Apart, from the last head on, and together, from the first: none is overwritten before it has moved.
      for (let i = 1; i < heads && capacity !== this.#capacity; i++) {
        const head = capacity > this.#capacity ? heads - i : i;
        const from = head * this.#capacity * headWidth;
        const length = lengths[Math.floor(head / keyValueHeads)]! * headWidth;
        buffer.copyWithin(head * capacity * headWidth, from, from + length);
      }
      this.#buffers.set(past, buffer);
    }
    this.#capacity = capacity;
  }

  /**
   * Appends the first `counts[row]` new tokens of each row: `fresh` is the decode graph's `present`.
   * `reserve` room first.
   */
  append({ shape, data }: HostTensor, counts: readonly number[]): void {
    const [, heads = 0, time = 0, width = 0] = shape;
    const source = data as Float32Array;
    const { lengths } = this.ends;
    let from = 0;
    for (const { past } of this.#tensors) {
      const buffer = this.#buffers.get(past)!;
      for (const [row, count] of counts.entries()) {
        for (let head = row * heads; head < (row + 1) * heads; head++) {
          const to = (head * this.#capacity + lengths[row]!) * width;
          // Too short for a call of `set` to pay.
          for (let i = 0; i < count * width; i++) buffer[to + i] = source[from + i]!;
          from += time * width;
        }
      }
    }
  }

  /** See `DecoderBatch.select`. */
  select(rows: readonly number[]): void {
    const size = this.config.keyValueHeads * this.config.headWidth * this.#capacity;
    const repeats = rows.some((from, to) => from < to);
    const before = this.ends.lengths.length;
    for (const [name, old] of this.#buffers) {
      const room = (old.length / before) * rows.length;
      const buffer = atLeast(old, size * before, room, size * rows.length);
      // Repeated rows are written from the last on, closed-up ones from the first: each is read in time.
      for (let i = 0; i < rows.length; i++) {
        const to = repeats ? rows.length - 1 - i : i;
        const from = rows[to]!;
        if (from !== to) buffer.copyWithin(to * size, from * size, (from + 1) * size);
      }
      this.#buffers.set(name, buffer);
    }
  }

  /** See `DecoderBatch.join`; the caller joins the ends. */
  join(other: KeyValueCache): void {
    const { lengths } = this.ends;
    const more = other.ends.lengths;
    const { keyValueHeads, headWidth } = this.config;
    const rows = lengths.length + more.length;
    this.#tokens = Math.max(this.#tokens, other.#tokens);
    const longest = Math.max(...lengths, ...more);
    // Slots that only a row which has ended needed are given back when there is something to move anyway.
    const least = inBlocks(longest);
    const capacity = this.#capacity > 2 * least ? least : Math.max(this.#capacity, least);
    this.#resize(capacity, rows, 2 * rows);
    for (const { past } of this.#tensors) {
      const [target, source] = [this.#buffers.get(past)!, other.#buffers.get(past)!];
      for (let head = 0; head < more.length * keyValueHeads; head++) {
        const from = head * other.#capacity * headWidth;
        const to = (lengths.length * keyValueHeads + head) * capacity * headWidth;
        const length = more[Math.floor(head / keyValueHeads)]! * headWidth;
        target.set(source.subarray(from, from + length), to);
      }
    }
  }

  /** Its memory is free at once; it then holds nothing. */
  dispose(): void {
    for (const buffer of this.#buffers.values()) discardArray(buffer);
    this.#buffers.clear();
    this.#capacity = 0;
  }

  /** One row at `ends`: the beginning of `row`. */
  beginning(row: number, ends: RowEnds): KeyValueCache {
    const length = ends.lengths[0]!;
    const { keyValueHeads, headWidth } = this.config;
    const copy = new KeyValueCache(this.config, ends, length);
    for (const { past } of this.#tensors) {
      const buffer = allocateCache(keyValueHeads * length * headWidth);
      for (let head = 0; head < keyValueHeads; head++) {
        const from = (row * keyValueHeads + head) * this.#capacity * headWidth;
        const source = this.#buffers.get(past)!.subarray(from, from + length * headWidth);
        buffer.set(source, head * length * headWidth);
      }
      copy.#buffers.set(past, buffer);
    }
    copy.#capacity = length;
    return copy;
  }

  /** The rows as inputs of the decode graph, without a copy. */
  feeds(): Record<string, HostTensor> {
    const { lengths } = this.ends;
    const { keyValueHeads, headWidth } = this.config;
    const shape = [lengths.length, keyValueHeads, 1, this.#capacity, headWidth];
    const size = shape.reduce((a, b) => a * b);
    const feeds: Record<string, HostTensor> = {
      lengths: int32(Int32Array.from(lengths)),
      slots: slotFeed(this.#capacity),
    };
    for (const [name, buffer] of this.#buffers) feeds[name] = float32(buffer.subarray(0, size), shape);
    return feeds;
  }
}

const inBlocks = (slots: number): number => Math.ceil(slots / block) * block;

/** `old` when it holds `needed` numbers, otherwise an array of `size` that begins with its `used` ones. */
function atLeast(old: Float32Array | undefined, used: number, size: number, needed: number): Float32Array {
  if (old !== undefined && old.length >= needed) return old;
  const grown = allocateCache(size);
  // No more than that: memory that nobody has written to costs nothing.
  if (old !== undefined) {
    grown.set(old.subarray(0, used));
    discardArray(old);
  }
  return grown;
}

/** Throws `model/cache-too-large` where the runtime has no such array. */
export function allocateCache(numbers: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(numbers);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LlmError({
      code: 'model/cache-too-large',
      message: `There is no memory for ${(4 * numbers) / 1e9} GB of keys or values. Shorten the prompt, or ask for fewer tokens or rows at once.`,
      details: { bytes: 4 * numbers },
      cause,
    });
  }
}
