/** 64-bit keys → numbers, in typed arrays: 24 bytes a key at most where it is half full. Linear probing. */
export class NgramTable {
  size = 0;
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  /** Number + 1; 0: free. */
  #values = new Uint32Array(1024);

  /** The first value of a key stays. */
  add(high: number, low: number, value: number): void {
    if (this.size * 2 >= this.#values.length) this.#grow();
    const slot = this.#slot(high, low);
    if (this.#values[slot] !== 0) return;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#values[slot] = value + 1;
    this.size++;
  }

  /** -1 for a key that is not there. */
  get(high: number, low: number): number {
    return this.#values[this.#slot(high, low)]! - 1;
  }

  /** Its place, or the free one that it would have. */
  #slot(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let slot = (high ^ Math.imul(low, 0x9e3779b1)) & mask;
    while (this.#values[slot] !== 0 && (this.#high[slot] !== high >>> 0 || this.#low[slot] !== low >>> 0))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [high, low, values] = [this.#high, this.#low, this.#values];
    const length = values.length * 2;
    this.#high = new Uint32Array(length);
    this.#low = new Uint32Array(length);
    this.#values = new Uint32Array(length);
    this.size = 0;
    for (let slot = 0; slot < values.length; slot++)
      if (values[slot] !== 0) this.add(high[slot]!, low[slot]!, values[slot]! - 1);
  }
}
