/**
 * Non-cryptographic hashes in 32-bit arithmetic: two lanes make 64 bits. MurmurHash3's mixing constants and finalizer.
 */

export function finalize32(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 32-bit hash of the UTF-16 units of a text; different seeds give independent lanes. */
export function hash32(text: string, seed: number): number {
  let h = seed;
  for (let at = 0; at < text.length; at++) {
    let k = Math.imul(text.charCodeAt(at), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  return finalize32(h ^ text.length);
}

/**
 * Counts 64-bit keys: open addressing over typed arrays, meant to be cleared and used again. Keys that differ in
 * either lane are different; the texts behind them are not compared.
 */
export class KeyCounter {
  #mask: number;
  #high: Int32Array;
  #low: Int32Array;
  #slots: Int32Array;

  constructor(capacity = 1024) {
    this.#mask = capacity * 2 - 1;
    this.#high = new Int32Array(this.#mask + 1);
    this.#low = new Int32Array(this.#mask + 1);
    this.#slots = new Int32Array(this.#mask + 1);
  }

  /** Makes room for `keys` keys (a power of two is taken) and forgets what was counted. */
  reset(keys: number): void {
    let capacity = 1024;
    while (capacity < keys * 2) capacity *= 2;
    if (capacity > this.#mask + 1) {
      this.#high = new Int32Array(capacity);
      this.#low = new Int32Array(capacity);
      this.#slots = new Int32Array(capacity);
    } else this.#slots.fill(0, 0, capacity);
    this.#mask = capacity - 1;
  }

  /** Counts the key once more; returns how often it has been seen, this time included. */
  add(high: number, low: number): number {
    let slot = finalize32(high ^ Math.imul(low, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const count = this.#slots[slot]!;
      if (count === 0) {
        this.#high[slot] = high;
        this.#low[slot] = low;
        this.#slots[slot] = 1;
        return 1;
      }
      if (this.#high[slot] === high && this.#low[slot] === low) {
        this.#slots[slot] = count + 1;
        return count + 1;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  /** How often the key has been seen. */
  count(high: number, low: number): number {
    let slot = finalize32(high ^ Math.imul(low, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const count = this.#slots[slot]!;
      if (count === 0 || (this.#high[slot] === high && this.#low[slot] === low)) return count;
      slot = (slot + 1) & this.#mask;
    }
  }
}
