/**
 * Disjoint sets over dense numbers (Tarjan 1975, with path halving): 4 bytes a number, in blocks, so that
 * more than one typed array can hold. The root of a set is its smallest number.
 */
const blockSize = 1 << 22;
const alone = 0xffffffff;

export class UnionFind {
  readonly #blocks: Uint32Array[] = [];

  constructor(readonly size: number) {
    for (let at = 0; at < size; at += blockSize)
      this.#blocks.push(new Uint32Array(Math.min(blockSize, size - at)).fill(alone));
  }

  /** Smallest number of the set. */
  find(number: number): number {
    let at = number;
    for (;;) {
      const parent = this.#parent(at);
      if (parent === alone || parent === at) return at;
      const above = this.#parent(parent);
      if (above === alone || above === parent) return parent;
      this.#set(at, above);
      at = above;
    }
  }

  join(a: number, b: number): void {
    const first = this.find(a);
    const second = this.find(b);
    if (first === second) return;
    this.#set(Math.min(first, second), Math.min(first, second));
    this.#set(Math.max(first, second), Math.min(first, second));
  }

  /** Whether it was never joined with another. */
  isAlone(number: number): boolean {
    return this.#parent(number) === alone;
  }

  #parent(number: number): number {
    return this.#blocks[Math.floor(number / blockSize)]![number % blockSize]!;
  }

  #set(number: number, parent: number): void {
    this.#blocks[Math.floor(number / blockSize)]![number % blockSize] = parent;
  }
}
