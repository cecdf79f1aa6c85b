/**
 * Signatures → clusters of near-duplicates: documents that share a bucket are joined (union–find), and the
 * first of each cluster in the order of the corpus is the one to keep. 4 bytes a document for the clusters
 * and 8 a bucket while one bucket at a time is sorted.
 */
export class DuplicateFinder {
  readonly #buckets: number;
  readonly #signatures: Int32Array[] = [];
  #count = 0;
  /** Documents a block of signatures. */
  readonly #block = 4096;

  constructor(buckets: number) {
    this.#buckets = buckets;
  }

  get size(): number {
    return this.#count;
  }

  /** Adds the next document of the corpus; without a signature it is no duplicate of anything. */
  add(signature: Int32Array | undefined): void {
    const width = this.#buckets * 2;
    const within = this.#count % this.#block;
    if (within === 0) this.#signatures.push(new Int32Array(this.#block * (width + 1)));
    const block = this.#signatures[this.#signatures.length - 1]!;
    if (signature !== undefined) {
      block.set(signature, within * (width + 1));
      block[within * (width + 1) + width] = 1;
    }
    this.#count++;
  }

  /**
   * For each document the index of the document that its cluster keeps (itself when it is kept). `match` is
   * the earlier document that it shares a bucket with: itself when there is none (kept, or joined through a
   * later one).
   */
  clusters(): { readonly keeper: Int32Array; readonly match: Int32Array } {
    const count = this.#count;
    const keeper = Int32Array.from({ length: count }, (_, index) => index);
    const match = Int32Array.from({ length: count }, (_, index) => index);
    const width = this.#buckets * 2;
    const find = (index: number): number => {
      let root = index;
      while (keeper[root] !== root) root = keeper[root]!;
      for (let at = index; keeper[at] !== root; ) {
        const next = keeper[at]!;
        keeper[at] = root;
        at = next;
      }
      return root;
    };
    const seen = new Map<string, number>();
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      seen.clear();
      for (let index = 0; index < count; index++) {
        const block = this.#signatures[Math.floor(index / this.#block)]!;
        const start = (index % this.#block) * (width + 1);
        if (block[start + width] === 0) continue;
        const key = `${block[start + bucket * 2]},${block[start + bucket * 2 + 1]}`;
        const earlier = seen.get(key);
        if (earlier === undefined) {
          seen.set(key, index);
          continue;
        }
        if (match[index] === index) match[index] = earlier;
        const first = find(earlier);
        const second = find(index);
        if (first !== second) keeper[Math.max(first, second)] = Math.min(first, second);
      }
    }
    for (let index = 0; index < count; index++) keeper[index] = find(index);
    return { keeper, match };
  }
}
