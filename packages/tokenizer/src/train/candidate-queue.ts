/**
 * The pairs that may merge next: a max-heap by count; of equal counts the pair with the smaller left id
 * first, then the smaller right id. Each candidate carries the words it occurs in. A count may have changed
 * since it was pushed; the trainer checks.
 */
import type { PairTable } from './pair-table.js';

export interface Candidate {
  readonly pair: number;
  readonly count: number;
  /** Words that hold the pair: `words[start, end)` of the queue's arena. */
  readonly start: number;
  readonly end: number;
}

export class CandidateQueue {
  /** Word lists of all candidates. */
  words = new Int32Array(1 << 16);
  wordsUsed = 0;
  readonly #pairs: PairTable;
  /** Binary heap of candidate numbers, and the count of each position. */
  #heap = new Int32Array(1 << 14);
  #heapCounts = new Float64Array(1 << 14);
  #size = 0;
  #candidatePair = new Int32Array(1 << 14);
  #candidateStart = new Int32Array(1 << 14);
  #candidateEnd = new Int32Array(1 << 14);
  #candidates = 0;
  /** Numbers of candidates taken out for good. */
  readonly #free: number[] = [];
  #liveWords = 0;

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  /** Room for `length` word numbers in `words`; returns where it begins. Earlier positions may move. */
  reserve(length: number): number {
    if (this.wordsUsed + length > this.words.length) {
      if (this.#liveWords + length <= this.words.length * 0.6) this.#compact(this.words);
      else this.#compact(new Int32Array(Math.ceil((this.#liveWords + length) * 1.5)));
    }
    const start = this.wordsUsed;
    this.wordsUsed += length;
    this.#liveWords += length;
    return start;
  }

  push(pair: number, count: number, start: number, end: number): void {
    const candidate = this.#free.pop() ?? this.#candidates++;
    if (candidate >= this.#candidatePair.length) this.#growCandidates();
    this.#candidatePair[candidate] = pair;
    this.#candidateStart[candidate] = start;
    this.#candidateEnd[candidate] = end;
    this.#insert(candidate, count);
  }

  /** The first candidate with its recorded count; it stays in the queue. */
  peek(): Candidate | undefined {
    if (this.#size === 0) return undefined;
    const candidate = this.#heap[0]!;
    return {
      pair: this.#candidatePair[candidate]!,
      count: this.#heapCounts[0]!,
      start: this.#candidateStart[candidate]!,
      end: this.#candidateEnd[candidate]!,
    };
  }

  /** Gives the first candidate another count. */
  requeue(count: number): void {
    const candidate = this.#heap[0]!;
    this.#removeFirst();
    this.#insert(candidate, count);
  }

  /** Removes the first candidate; its words stay readable until the next `reserve`. */
  drop(): void {
    const candidate = this.#heap[0]!;
    this.#removeFirst();
    this.#liveWords -= this.#candidateEnd[candidate]! - this.#candidateStart[candidate]!;
    this.#candidateEnd[candidate] = this.#candidateStart[candidate]!;
    this.#free.push(candidate);
  }

  #before(pairA: number, countA: number, pairB: number, countB: number): boolean {
    if (countA !== countB) return countA > countB;
    const { left, right } = this.#pairs;
    if (left[pairA] !== left[pairB]) return left[pairA]! < left[pairB]!;
    return right[pairA]! < right[pairB]!;
  }

  #insert(candidate: number, count: number): void {
    if (this.#size === this.#heap.length) {
      const heap = new Int32Array(this.#size * 2);
      heap.set(this.#heap);
      this.#heap = heap;
      const counts = new Float64Array(this.#size * 2);
      counts.set(this.#heapCounts);
      this.#heapCounts = counts;
    }
    const pair = this.#candidatePair[candidate]!;
    const heap = this.#heap;
    const counts = this.#heapCounts;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#before(pair, count, this.#candidatePair[heap[parent]!]!, counts[parent]!)) break;
      heap[hole] = heap[parent]!;
      counts[hole] = counts[parent]!;
      hole = parent;
    }
    heap[hole] = candidate;
    counts[hole] = count;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const counts = this.#heapCounts;
    const candidate = heap[--this.#size]!;
    const count = counts[this.#size]!;
    const pair = this.#candidatePair[candidate]!;
    let hole = 0;
    for (let child = 1; child < this.#size; child = 2 * hole + 1) {
      if (
        child + 1 < this.#size &&
        this.#before(
          this.#candidatePair[heap[child + 1]!]!,
          counts[child + 1]!,
          this.#candidatePair[heap[child]!]!,
          counts[child]!,
        )
      ) {
        child++;
      }
      if (!this.#before(this.#candidatePair[heap[child]!]!, counts[child]!, pair, count)) break;
      heap[hole] = heap[child]!;
      counts[hole] = counts[child]!;
      hole = child;
    }
    heap[hole] = candidate;
    counts[hole] = count;
  }

  /** Moves the lists that are still needed into `target`, in the order they lie in. */
  #compact(target: Int32Array<ArrayBuffer>): void {
    const live = Array.from(this.#heap.subarray(0, this.#size)).sort(
      (a, b) => this.#candidateStart[a]! - this.#candidateStart[b]!,
    );
    let used = 0;
    for (const candidate of live) {
      const start = this.#candidateStart[candidate]!;
      const end = this.#candidateEnd[candidate]!;
      if (target === this.words) target.copyWithin(used, start, end);
      else target.set(this.words.subarray(start, end), used);
      this.#candidateStart[candidate] = used;
      used += end - start;
      this.#candidateEnd[candidate] = used;
    }
    this.words = target;
    this.wordsUsed = used;
    this.#liveWords = used;
  }

  #growCandidates(): void {
    const size = this.#candidatePair.length * 2;
    for (const name of ['pair', 'start', 'end'] as const) {
      const larger = new Int32Array(size);
      if (name === 'pair') {
        larger.set(this.#candidatePair);
        this.#candidatePair = larger;
      } else if (name === 'start') {
        larger.set(this.#candidateStart);
        this.#candidateStart = larger;
      } else {
        larger.set(this.#candidateEnd);
        this.#candidateEnd = larger;
      }
    }
  }
}
