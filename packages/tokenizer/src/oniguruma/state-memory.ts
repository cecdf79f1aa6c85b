/**
 * Which states of a matcher are known: those that failed, a bit each, and those inside look-arounds and
 * atomic groups that led to the end of their part, with that end. A state on the way that is being tried
 * counts as failed until the way is left or has succeeded.
 */

/** Bits of a page. */
const pageBits = 1 << 15;

export class StateMemory {
  static readonly unknown = -2;
  static readonly failed = -1;
  readonly #pages = new Map<number, Int32Array>();
  readonly #ends = new Map<number, number>();
  /** Instruction and open passes → number. */
  readonly #states = new Map<number, number>();
  /** The states on the way: key, and height of the stack when it was entered. */
  readonly #keys: number[] = [];
  readonly #heights: number[] = [];

  constructor(readonly textLength: number) {}

  get pathLength(): number {
    return this.#keys.length;
  }

  /** What is known of a state: its end, `failed`, or `unknown`; an unknown one becomes part of the way. */
  enter(pc: number, position: number, passes: number, height: number, isInner: boolean): number {
    // Passes are bits below 2^30, all set in nearly every state.
    const name = pc * 0x80000000 + (~passes >>> 0);
    let state = this.#states.get(name);
    if (state === undefined) {
      state = this.#states.size;
      this.#states.set(name, state);
    }
    const key = state * (this.textLength + 1) + position;
    if (isInner) {
      const end = this.#ends.get(key);
      if (end !== undefined) return end;
    }
    if (!this.#mark(key)) return StateMemory.failed;
    this.#keys.push(key);
    this.#heights.push(height);
    return StateMemory.unknown;
  }

  /** The stack has this height again: what was entered above it has failed. */
  leave(height: number): void {
    const heights = this.#heights;
    while (heights.length > 0 && heights[heights.length - 1]! > height) {
      heights.pop();
      this.#keys.pop();
    }
  }

  /** All of the way since it had this length has failed. */
  fail(length: number): void {
    this.#keys.length = length;
    this.#heights.length = length;
  }

  /** The way since it had this length led to `end`. */
  succeed(length: number, end: number, isInner: boolean): void {
    const keys = this.#keys;
    for (let i = length; i < keys.length; i++) {
      this.#unmark(keys[i]!);
      if (isInner) this.#ends.set(keys[i]!, end);
    }
    this.fail(length);
  }

  /** False when the key was marked. */
  #mark(key: number): boolean {
    const number = Math.floor(key / pageBits);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Int32Array(pageBits / 32);
      this.#pages.set(number, page);
    }
    const bit = key - number * pageBits;
    const mask = 1 << (bit & 31);
    if ((page[bit >> 5]! & mask) !== 0) return false;
    page[bit >> 5]! |= mask;
    return true;
  }

  #unmark(key: number): void {
    const number = Math.floor(key / pageBits);
    const bit = key - number * pageBits;
    this.#pages.get(number)![bit >> 5]! &= ~(1 << (bit & 31));
  }
}
