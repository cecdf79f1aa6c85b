/**
 * Keys and values of running rows, in memory the runtime reads in place. A row is a fixed number of slots, so appending
 * writes a few numbers, dropping a row moves one, and the live rows are always the front of the buffer.
 */
import type { HostTensor } from '@llm/graph';
import type { ModelConfig } from '../model-config.js';
import { cachedEmbeddingName, cacheName, freshEmbeddingName, freshName } from './decode-graph.js';

/** Slots are added in blocks of this size: empty ones still cost a little attention. */
const block = 32;

export class KeyValueCache {
  capacity = 0;
  /** [rows] tokens held per row */
  readonly lengths: number[] = [];
  /** Per layer: keys [allocatedRows, heads, headWidth, capacity], values [allocatedRows, heads, capacity, headWidth]. */
  #keys: Float32Array[];
  #values: Float32Array[];
  /** Embedding of each row's last token, for smear: [allocatedRows, width] */
  readonly #embeddings: Float32Array | undefined;
  readonly #heads: number;
  readonly #headWidth: number;

  constructor(
    readonly config: ModelConfig,
    readonly allocatedRows: number,
  ) {
    this.#heads = config.keyValueHeads;
    this.#headWidth = config.headWidth;
    this.#keys = Array.from({ length: config.depth }, () => new Float32Array(0));
    this.#values = this.#keys;
    if (config.smear) this.#embeddings = new Float32Array(allocatedRows * config.width);
  }

  /** Room for `length` tokens in every row. */
  reserve(length: number): void {
    if (length <= this.capacity) return;
    const capacity = Math.min(Math.ceil(length / block) * block, Math.max(length, this.config.contextLength));
    // A value head is one run of numbers, a key head `headWidth` of them.
    this.#values = this.#values.map((old) => this.#grow(old, capacity, 1, this.#headWidth));
    this.#keys = this.#keys.map((old) => this.#grow(old, capacity, this.#headWidth, 1));
    this.capacity = capacity;
  }

  #grow(old: Float32Array, capacity: number, runs: number, width: number): Float32Array {
    const grown = new Float32Array(this.allocatedRows * this.#heads * capacity * this.#headWidth);
    const perRow = this.#heads * runs;
    for (let run = 0; run < this.lengths.length * perRow; run++) {
      const from = run * this.capacity * width;
      const length = this.lengths[Math.floor(run / perRow)]! * width;
      grown.set(old.subarray(from, from + length), run * capacity * width);
    }
    return grown;
  }

  /**
   * Appends the first `count` new tokens, all that are not padding, of row `from` of a run's outputs to `row`; a row that does
   * not exist yet is the next one.
   */
  append(row: number, outputs: Readonly<Record<string, HostTensor>>, from: number, count: number): void {
    const length = this.lengths[row] ?? 0;
    this.reserve(length + count);
    const width = this.#headWidth;
    const { capacity } = this;
    for (let layer = 0; layer < this.#keys.length; layer++) {
      const fresh = outputs[freshName(layer, 'key')]!;
      const time = fresh.shape[2]!;
      const keys = fresh.data as Float32Array;
      const values = outputs[freshName(layer, 'value')]!.data as Float32Array;
      const keyBuffer = this.#keys[layer]!;
      const valueBuffer = this.#values[layer]!;
      for (let head = 0; head < this.#heads; head++) {
        const start = (from * this.#heads + head) * time * width;
        const base = (row * this.#heads + head) * capacity * width;
        for (let token = 0; token < count; token++) {
          const source = start + token * width;
          const slot = length + token;
          for (let i = 0; i < width; i++) {
            keyBuffer[base + i * capacity + slot] = keys[source + i]!;
            valueBuffer[base + slot * width + i] = values[source + i]!;
          }
        }
      }
    }
    if (this.#embeddings !== undefined) {
      const embeddings = outputs[freshEmbeddingName]!.data as Float32Array;
      const size = this.config.width;
      this.#embeddings.set(embeddings.subarray(from * size, (from + 1) * size), row * size);
    }
    this.lengths[row] = length + count;
  }

  /** Drops a row; the last one takes its place. */
  remove(row: number): void {
    const last = this.lengths.length - 1;
    const size = this.#heads * this.capacity * this.#headWidth;
    if (row !== last)
      for (const buffer of [...this.#keys, ...this.#values])
        buffer.copyWithin(row * size, last * size, (last + 1) * size);
    const { width } = this.config;
    this.#embeddings?.copyWithin(row * width, last * width, (last + 1) * width);
    this.lengths[row] = this.lengths[last]!;
    this.lengths.pop();
  }

  /** The live rows as graph inputs, without a copy. */
  feeds(): Record<string, HostTensor> {
    const rows = this.lengths.length;
    const [heads, width] = [this.#heads, this.#headWidth];
    const size = rows * heads * this.capacity * width;
    const feeds: Record<string, HostTensor> = {
      lengths: { type: 'int32', shape: [rows], data: Int32Array.from(this.lengths) },
      slots: {
        type: 'int32',
        shape: [this.capacity],
        data: Int32Array.from({ length: this.capacity }, (_, slot) => slot),
      },
    };
    if (this.#embeddings !== undefined)
      feeds[cachedEmbeddingName] = {
        type: 'float32',
        shape: [rows, this.config.width],
        data: this.#embeddings.subarray(0, rows * this.config.width),
      };
    for (let layer = 0; layer < this.#keys.length; layer++) {
      feeds[cacheName(layer, 'key')] = {
        type: 'float32',
        shape: [rows, heads, width, this.capacity],
        data: this.#keys[layer]!.subarray(0, size),
      };
      feeds[cacheName(layer, 'value')] = {
        type: 'float32',
        shape: [rows, heads, this.capacity, width],
        data: this.#values[layer]!.subarray(0, size),
      };
    }
    return feeds;
  }
}
