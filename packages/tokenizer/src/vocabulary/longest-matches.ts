/**
 * Finds which of many texts stand in a text: from left to right the longest at each place, without overlaps.
 * Reading from the end with an automaton of the reversed texts (Aho, Corasick 1975) tells at every place the
 * longest that begins there, so that time is linear.
 */
export class LongestMatches {
  /** node × 65536 + unit → node; 0 is the root. */
  readonly #next = new Map<number, number>();
  readonly #fallback: Int32Array;
  /** By node: the longest text that ends a path here, plus 1; 0 for none. */
  readonly #found: Int32Array;
  readonly #lasts = new Set<number>();
  readonly #lengths: readonly number[];

  /** `texts`: different and not empty. */
  constructor(texts: readonly string[]) {
    this.#lengths = texts.map(({ length }) => length);
    const found = [0];
    const order: { node: number; parent: number; unit: number }[][] = [];
    texts.forEach((text, index) => {
      this.#lasts.add(text.charCodeAt(text.length - 1));
      let node = 0;
      for (let i = text.length - 1; i >= 0; i--) {
        const unit = text.charCodeAt(i);
        const key = node * 0x10000 + unit;
        let next = this.#next.get(key);
        if (next === undefined) {
          next = found.push(0) - 1;
          this.#next.set(key, next);
          const depth = text.length - 1 - i;
          if (order[depth] === undefined) order[depth] = [];
          order[depth].push({ node: next, parent: node, unit });
        }
        node = next;
      }
      found[node] = index + 1;
    });
    this.#found = Int32Array.from(found);
    this.#fallback = new Int32Array(found.length);
    for (const level of order) {
      for (const { node, parent, unit } of level) {
        const fallback = parent === 0 ? 0 : this.#step(this.#fallback[parent]!, unit);
        this.#fallback[node] = fallback;
        if (this.#found[node] === 0) this.#found[node] = this.#found[fallback]!;
      }
    }
  }

  /** Calls `visit` with where a text begins and its index, in order. */
  find(text: string): { readonly start: number; readonly index: number }[] {
    const begins: { start: number; index: number }[] = [];
    let node = 0;
    for (let i = text.length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i);
      if (node === 0 && !this.#lasts.has(unit)) continue;
      node = this.#step(node, unit);
      const index = this.#found[node]! - 1;
      if (index >= 0) begins.push({ start: i, index });
    }
    let last = 0;
    return begins.reverse().filter(({ start, index }) => {
      if (start < last) return false;
      last = start + this.#lengths[index]!;
      return true;
    });
  }

  #step(from: number, unit: number): number {
    for (let node = from; ; node = this.#fallback[node]!) {
      const next = this.#next.get(node * 0x10000 + unit);
      if (next !== undefined) return next;
      if (node === 0) return 0;
    }
  }
}
