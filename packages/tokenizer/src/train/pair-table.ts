/**
 * Pairs of token ids → entry number and count, for training. Open
 * addressing; entries keep their number when the table grows.
 */
export class PairTable {
  size = 0;
  left = new Int32Array(1 << 14);
  right = new Int32Array(1 << 14);
  /** Occurrences of each pair in the corpus. */
  counts = new Float64Array(1 << 14);
  #slots = new Int32Array(1 << 15);

  /** Entry number of the pair, added with count 0 when it is new. */
  entry(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashPair(left, right) & mask;
    for (;;) {
      const entry = slots[slot]! - 1;
      if (entry < 0) break;
      if (this.left[entry] === left && this.right[entry] === right) return entry;
      slot = (slot + 1) & mask;
    }
    if (this.size === this.left.length) {
      this.#grow();
      return this.entry(left, right);
    }
    const entry = this.size++;
    slots[slot] = entry + 1;
    this.left[entry] = left;
    this.right[entry] = right;
    return entry;
  }

  #grow(): void {
    const capacity = this.left.length * 2;
    const left = new Int32Array(capacity);
    left.set(this.left);
    this.left = left;
    const right = new Int32Array(capacity);
    right.set(this.right);
    this.right = right;
    const counts = new Float64Array(capacity);
    counts.set(this.counts);
    this.counts = counts;
    this.#slots = new Int32Array(capacity * 2);
    const mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.size; entry++) {
      let slot = hashPair(left[entry]!, right[entry]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = entry + 1;
    }
  }
}

function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
