import { finalize32 } from '../deduplication/hashing.js';

/**
 * Counts 64-bit keys: open addressing over typed arrays, meant to be cleared and used again. Keys that differ
 * in either lane are different; the texts behind them are not compared.
 */
export class KeyCounter {
  #mask = 0;
  #high = new Int32Array(0);
  #low = new Int32Array(0);
  #slots = new Int32Array(0);

  /** Makes room for `keys` keys (a power of two is taken) and forgets what was counted. */
  reset(keys: number): void {
    let capacity = 1024;
    while (capacity < keys * 2) capacity *= 2;
    if (capacity > this.#slots.length) {
      this.#high = new Int32Array(capacity);
      this.#low = new Int32Array(capacity);
      this.#slots = new Int32Array(capacity);
    } else this.#slots.fill(0, 0, capacity);
    this.#mask = capacity - 1;
  }

  /** Counts the key once more; returns how often it has been seen, this time included. */
  add(high: number, low: number): number {
    const slot = this.#slotOf(high, low);
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#slots[slot]! += 1;
    return this.#slots[slot]!;
  }

  /** How often the key has been seen. */
  count(high: number, low: number): number {
    return this.#slots[this.#slotOf(high, low)]!;
  }

  /** Where the key is, or would be. */
  #slotOf(high: number, low: number): number {
    let slot = finalize32(high ^ Math.imul(low, 0x9e3779b1)) & this.#mask;
    while (this.#slots[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low))
      slot = (slot + 1) & this.#mask;
    return slot;
  }
}
