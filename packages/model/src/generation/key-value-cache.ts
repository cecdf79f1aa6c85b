/**
 * Keys and values of running rows, in memory the runtime reads in place. A row is a fixed number of slots, so appending
 * writes a few numbers, dropping a row moves one, and the live rows are always the front of the buffer.
 */
import type { HostTensor } from '@llm/graph';
import type { ModelConfig } from '../model-config.js';
import { cacheName, freshName } from './decode-graph.js';

/** Slots are added in blocks of this size: empty ones still cost a little attention. */
const block = 32;

export class KeyValueCache {
  capacity = 0;
  /** [rows] tokens held per row */
  readonly lengths: number[] = [];
  /** Per layer: keys, then values; each [allocatedRows, heads, capacity, headWidth]. */
  #buffers: Float32Array[];
  readonly #heads: number;
  readonly #headWidth: number;

  constructor(
    readonly config: ModelConfig,
    readonly allocatedRows: number,
  ) {
    this.#heads = config.keyValueHeads;
    this.#headWidth = config.headWidth;
    this.#buffers = Array.from({ length: 2 * config.depth }, () => new Float32Array(0));
  }

  /** Room for `length` tokens in every row. */
  reserve(length: number): void {
    if (length <= this.capacity) return;
    const capacity = Math.min(Math.ceil(length / block) * block, Math.max(length, this.config.contextLength));
    this.#buffers = this.#buffers.map((old) => {
      const grown = new Float32Array(this.allocatedRows * this.#heads * capacity * this.#headWidth);
      for (let row = 0; row < this.lengths.length; row++) {
        for (let head = 0; head < this.#heads; head++) {
          const from = (row * this.#heads + head) * this.capacity * this.#headWidth;
          const to = (row * this.#heads + head) * capacity * this.#headWidth;
          grown.set(old.subarray(from, from + this.lengths[row]! * this.#headWidth), to);
        }
      }
      return grown;
    });
    this.capacity = capacity;
  }

  /**
   * Appends the first `count` new tokens of row `from` of a run's outputs to `row`; a row that does not exist yet is the
   * next one.
   */
  append(row: number, outputs: Readonly<Record<string, HostTensor>>, from: number, count: number): void {
    const length = this.lengths[row] ?? 0;
    this.reserve(length + count);
    const width = this.#headWidth;
    for (const [index, buffer] of this.#buffers.entries()) {
      const fresh = outputs[freshName(index >> 1, index & 1 ? 'value' : 'key')]!;
      const time = fresh.shape[2]!;
      const source = fresh.data as Float32Array;
      for (let head = 0; head < this.#heads; head++) {
        const start = (from * this.#heads + head) * time * width;
        const to = ((row * this.#heads + head) * this.capacity + length) * width;
        // For one token, a plain loop beats the cost of making a view.
        if (count === 1) for (let i = 0; i < width; i++) buffer[to + i] = source[start + i]!;
        else buffer.set(source.subarray(start, start + count * width), to);
      }
    }
    this.lengths[row] = length + count;
  }

  /** Drops a row; the last one takes its place. */
  remove(row: number): void {
    const last = this.lengths.length - 1;
    const size = this.#heads * this.capacity * this.#headWidth;
    if (row !== last)
      for (const buffer of this.#buffers) buffer.copyWithin(row * size, last * size, (last + 1) * size);
    this.lengths[row] = this.lengths[last]!;
    this.lengths.pop();
  }

  /** The live rows as graph inputs, without a copy. */
  feeds(): Record<string, HostTensor> {
    const rows = this.lengths.length;
    const shape = [rows, this.#heads, this.capacity, this.#headWidth];
    const size = rows * this.#heads * this.capacity * this.#headWidth;
    const feeds: Record<string, HostTensor> = {
      lengths: { type: 'int32', shape: [rows], data: Int32Array.from(this.lengths) },
    };
    for (const [index, buffer] of this.#buffers.entries())
      feeds[cacheName(index >> 1, index & 1 ? 'value' : 'key')] = {
        type: 'float32',
        shape,
        data: buffer.subarray(0, size),
      };
    return feeds;
  }
}
