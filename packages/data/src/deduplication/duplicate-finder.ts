/**
 * Signatures → clusters of near-duplicates, in memory: documents that share a bucket are joined (union–find),
 * and the first of each cluster in the order of the corpus is the one to keep. 116 bytes a document for the
 * signatures of 14 buckets, and while clusters are found 8 for these and 8 to 16 for a table of one bucket at
 * a time. The pipeline finds the same clusters on disk.
 */
import { LlmError } from '@llm/core';
import { finalize32 } from './hashing.js';
import { UnionFind } from './union-find.js';

/** Documents are numbered by 31-bit words. */
const mostDocuments = 2 ** 30;

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
    if (this.#count === mostDocuments)
      throw new LlmError({
        code: 'data/corpus-too-large',
        message: `DuplicateFinder holds at most ${mostDocuments} documents. runDataPipeline finds duplicates on disk.`,
      });
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
    const match = new Int32Array(count);
    for (let index = 0; index < count; index++) match[index] = index;
    const sets = new UnionFind(count);
    // An open-addressing table of the first document with each key; its keys are those of the signatures.
    const table = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(4, count * 2))));
    const mask = table.length - 1;
    const width = this.#buckets * 2;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      table.fill(-1);
      for (let index = 0; index < count; index++) {
        const block = this.#signatures[Math.floor(index / this.#block)]!;
        const start = (index % this.#block) * (width + 1);
        if (block[start + width] === 0) continue;
        const first = block[start + bucket * 2]!;
        const second = block[start + bucket * 2 + 1]!;
        let slot = finalize32(first ^ Math.imul(second, 0x9e3779b1)) & mask;
        while (table[slot] !== -1 && !this.#has(table[slot]!, bucket, first, second))
          slot = (slot + 1) & mask;
        const earlier = table[slot]!;
        if (earlier === -1) {
          table[slot] = index;
          continue;
        }
        if (match[index] === index) match[index] = earlier;
        sets.join(earlier, index);
      }
    }
    return { keeper: Int32Array.from(match, (_, index) => sets.find(index)), match };
  }

  #has(index: number, bucket: number, first: number, second: number): boolean {
    const block = this.#signatures[Math.floor(index / this.#block)]!;
    const at = (index % this.#block) * (this.#buckets * 2 + 1) + bucket * 2;
    return block[at] === first && block[at + 1] === second;
  }
}
