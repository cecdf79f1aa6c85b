/** Integer → row, open addressing, at most half full: an array over all buckets would miss the cache. */
export class IntegerMap {
  readonly #mask: number;
  /** Key and value side by side, so that a look-up touches one cache line. */
  readonly #slots: Int32Array;

  constructor(entries: number) {
    const capacity = 2 ** Math.ceil(Math.log2(entries * 2 + 1));
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(2 * capacity).fill(-1);
  }

  set(key: number, value: number): void {
    const slot = this.#slotOf(key);
    this.#slots[2 * slot] = key;
    this.#slots[2 * slot + 1] = value;
  }

  /** −1 when the key is not there. */
  get(key: number): number {
    return this.#slots[2 * this.#slotOf(key) + 1]!;
  }

  #slotOf(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) & this.#mask;
    for (;;) {
      const found = this.#slots[2 * slot];
      if (found === key || found === -1) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
