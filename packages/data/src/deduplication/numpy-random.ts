/**
 * numpy's `RandomState(seed).randint(low, high, dtype=uint64)`: MT19937 (Matsumoto & Nishimura 1998), two
 * words a draw, and draws above the range refused under a mask. datatrove's hash functions come from it.
 */
export class NumpyRandom {
  readonly #state = new Int32Array(624);
  #at = 624;

  constructor(seed: number) {
    this.#state[0] = seed;
    for (let at = 1; at < 624; at++) {
      const before = this.#state[at - 1]!;
      this.#state[at] = Math.imul(1812433253, before ^ (before >>> 30)) + at;
    }
  }

  /** `count` numbers from `low` up to, not including, `high`. */
  integers(low: bigint, high: bigint, count: number): BigUint64Array {
    const range = high - 1n - low;
    const mask = (1n << BigInt(range.toString(2).length)) - 1n;
    return BigUint64Array.from({ length: count }, () => {
      for (;;) {
        const upper = BigInt(this.#next());
        const drawn = ((upper << 32n) | BigInt(this.#next())) & mask;
        if (drawn <= range) return low + drawn;
      }
    });
  }

  #next(): number {
    if (this.#at === 624) this.#twist();
    let word = this.#state[this.#at++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let at = 0; at < 624; at++) {
      const mixed = (state[at]! & 0x80000000) | (state[(at + 1) % 624]! & 0x7fffffff);
      state[at] = state[(at + 397) % 624]! ^ (mixed >>> 1) ^ ((mixed & 1) === 0 ? 0 : 0x9908b0df);
    }
    this.#at = 0;
  }
}
