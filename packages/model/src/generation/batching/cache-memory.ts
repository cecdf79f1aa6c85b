/** How much memory keys and values take, and how much they may. */
import type { ModelConfig } from '../../config/model-config.js';

/** Slots for tokens come in blocks of so many. */
const block = 32;

/** Rows join only where so many more tokens of each fit: otherwise one would soon have to make room. */
const headroom = 64;

/** Of `createTransformer`. */
export const defaultCacheBytes = 2 ** 29;

export class CacheMemory {
  /** Of one row. */
  readonly bytesPerToken: number;

  /** `limit` in bytes. */
  constructor(
    { depth, keyValueHeads, headWidth }: ModelConfig,
    private readonly limit: number,
  ) {
    this.bytesPerToken = 8 * depth * keyValueHeads * headWidth;
  }

  /** Of rows side by side, of which the longest has `tokens`. */
  bytes(rows: number, tokens: number): number {
    return rows * Math.ceil(tokens / block) * block * this.bytesPerToken;
  }

  holds(rows: number, tokens: number): boolean {
    return this.bytes(rows, tokens) <= this.limit;
  }

  admits(rows: number, tokens: number): boolean {
    return this.holds(rows, tokens + headroom);
  }

  /** Rows that fit even where each comes to `tokens`; at least one. */
  rowsOf(tokens: number): number {
    return Math.max(1, Math.floor(this.limit / (this.bytesPerToken * (tokens + block))));
  }
}
