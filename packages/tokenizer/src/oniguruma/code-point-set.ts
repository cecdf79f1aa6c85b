/**
 * Sets of Unicode code points as sorted ranges; membership of the first 65,536 is answered from a table that
 * fills as it is asked.
 */

const end = 0x110000;

export class CodePointSet {
  /** Bounds of the ranges in ascending order: [start, end) [start, end) … */
  readonly bounds: readonly number[];
  #known: Uint8Array | undefined;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  /** Inclusive ranges in any order, overlapping or not. */
  static of(...ranges: readonly (readonly [number, number])[]): CodePointSet {
    const bounds: number[] = [];
    for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
      if (bounds.length > 0 && first <= bounds.at(-1)!)
        bounds[bounds.length - 1] = Math.max(bounds.at(-1)!, last + 1);
      else bounds.push(first, last + 1);
    }
    return new CodePointSet(bounds);
  }

  has(codePoint: number): boolean {
    if (codePoint > 0xffff) return this.#search(codePoint);
    this.#known ??= new Uint8Array(0x10000);
    const known = this.#known[codePoint]!;
    if (known !== 0) return known === 1;
    const found = this.#search(codePoint);
    this.#known[codePoint] = found ? 1 : 2;
    return found;
  }

  /**
   * The first of these ranges that lie above `codePoint` has an odd index just when the code point is inside
   * one.
   */
  #search(codePoint: number): boolean {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.bounds[middle]! <= codePoint) low = middle + 1;
      else high = middle;
    }
    return (low & 1) === 1;
  }

  inverted(): CodePointSet {
    const { bounds } = this;
    const inside = bounds[0] === 0 ? bounds.slice(1) : [0, ...bounds];
    if (inside.at(-1) === end) inside.pop();
    else inside.push(end);
    return new CodePointSet(inside);
  }

  union(other: CodePointSet): CodePointSet {
    return this.#merge(other, (a, b) => a || b);
  }

  intersection(other: CodePointSet): CodePointSet {
    return this.#merge(other, (a, b) => a && b);
  }

  /** What is in one of the two and not in both. */
  difference(other: CodePointSet): CodePointSet {
    return this.#merge(other, (a, b) => a !== b);
  }

  #merge(other: CodePointSet, isIn: (a: boolean, b: boolean) => boolean): CodePointSet {
    const a = this.bounds;
    const b = other.bounds;
    const bounds: number[] = [];
    let inside = false;
    for (let i = 0, k = 0; i < a.length || k < b.length; ) {
      const at = Math.min(a[i] ?? end + 1, b[k] ?? end + 1);
      while (a[i] === at) i++;
      while (b[k] === at) k++;
      if (isIn((i & 1) === 1, (k & 1) === 1) === inside) continue;
      inside = !inside;
      bounds.push(at);
    }
    return new CodePointSet(bounds);
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.bounds.length; i += 2)
      for (let codePoint = this.bounds[i]!; codePoint < this.bounds[i + 1]!; codePoint++) yield codePoint;
  }
}
