/**
 * Files of pairs, each ascending by its later document → all pairs of a document together, in bounded memory.
 */
import type { ArtifactStore } from '@llm/core';
import { pairWords } from './find-pairs.js';
import { readWords } from './record-file.js';

const bufferWords = 4096 * pairWords;

export interface PairFile {
  readonly key: string;
  readonly pairs: number;
  readonly bucket: number;
}

export interface Pair {
  readonly bucket: number;
  readonly earlier: number;
  readonly origin: number;
}

class PairStream {
  #words: Uint32Array = new Uint32Array();
  #at = 0;
  #next = 0;

  constructor(
    readonly store: ArtifactStore,
    readonly file: PairFile,
  ) {}

  get later(): number {
    return this.#words[this.#at]!;
  }

  get pair(): Pair {
    return {
      bucket: this.file.bucket,
      earlier: this.#words[this.#at + 1]!,
      origin: this.#words[this.#at + 2]!,
    };
  }

  /** Goes on to the next pair that is in memory; false when there is none. */
  step(): boolean {
    this.#at += pairWords;
    return this.#at < this.#words.length;
  }

  /** False at the end of the file. */
  async load(): Promise<boolean> {
    const end = Math.min(this.#next + bufferWords, this.file.pairs * pairWords);
    if (this.#next === end) return false;
    this.#words = await readWords(this.store, this.file.key, this.#next, end);
    this.#next = end;
    this.#at = 0;
    return true;
  }
}

/** Documents that have a pair, ascending, with their pairs in the order of the buckets. */
export async function* mergePairs(
  store: ArtifactStore,
  files: readonly PairFile[],
): AsyncGenerator<{ readonly later: number; readonly pairs: readonly Pair[] }> {
  const heap: PairStream[] = [];
  const isBefore = (a: PairStream, b: PairStream): boolean =>
    a.later < b.later || (a.later === b.later && a.file.bucket < b.file.bucket);
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  };
  for (const file of files) {
    const stream = new PairStream(store, file);
    if (await stream.load()) heap.push(stream);
  }
  for (let at = heap.length >> 1; at >= 0; at--) sink(at);
  while (heap.length > 0) {
    const { later } = heap[0]!;
    const pairs: Pair[] = [];
    while (heap.length > 0 && heap[0]!.later === later) {
      pairs.push(heap[0]!.pair);
      if (!heap[0]!.step() && !(await heap[0]!.load())) {
        const last = heap.pop()!;
        if (heap.length === 0) break;
        heap[0] = last;
      }
      sink(0);
    }
    yield { later, pairs };
  }
}
