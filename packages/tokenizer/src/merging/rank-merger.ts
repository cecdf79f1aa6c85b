/**
 * The vocabulary of a `.tiktoken` file: any two symbols merge whose bytes together are a token, and its id is
 * the rank. A piece that is a token is taken whole.
 */
import type { BacktrackingMerger } from './backtracking-merger.js';
import { Merger, NO_MERGE } from './merger.js';
import type { TokenTable } from './token-table.js';

/** Pairs remembered, a power of two: 1 MB. */
const rememberedPairs = 1 << 16;
/** Bytes merged after which the faster merger is worth its tables. */
const patience = 200_000;

export class RankMerger extends Merger {
  #merged = 0;
  #isFinal = false;
  #faster: BacktrackingMerger | undefined;
  /** Slots of left id, right id, rank, unused: what the last pair that fell into each slot gave. */
  readonly #remembered = new Int32Array(rememberedPairs * 4).fill(-1);

  constructor(
    protected readonly byteIds: Int32Array,
    /** Token bytes → id. */
    readonly vocabulary: TokenTable,
    /** Of the longest token, in bytes. */
    readonly longestToken: number,
    /** Makes the linear merger; undefined where the vocabulary does not allow it. */
    readonly createFaster: () => BacktrackingMerger | undefined = () => undefined,
  ) {
    super();
  }

  override merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    if (this.#faster !== undefined) return this.#faster.merge(view, start, end, out, length);
    this.#merged += end - start;
    if (!this.#isFinal && this.#merged > patience) {
      this.#isFinal = true;
      this.#faster = this.createFaster();
      return this.merge(view, start, end, out, length);
    }
    const whole = this.vocabulary.find(view, start, end - start);
    if (whole >= 0) {
      out[length] = whole;
      return length + 1;
    }
    return super.merge(view, start, end, out, length);
  }

  protected rankOf(view: DataView, left: number, right: number, end: number): number {
    const leftId = this.ids[left]!;
    const rightId = this.ids[right]!;
    const remembered = this.#remembered;
    const hash = Math.imul(leftId, 0x9e3779b1) ^ Math.imul(rightId, 0x85ebca6b);
    const slot = ((hash ^ (hash >>> 15)) & (rememberedPairs - 1)) << 2;
    if (remembered[slot] === leftId && remembered[slot + 1] === rightId) return remembered[slot + 2]!;
    const start = this.starts[left]!;
    const value = end - start > this.longestToken ? -1 : this.vocabulary.find(view, start, end - start);
    const rank = value >= 0 ? value : NO_MERGE;
    remembered[slot] = leftId;
    remembered[slot + 1] = rightId;
    remembered[slot + 2] = rank;
    return rank;
  }

  protected resultOf(rank: number): number {
    return rank;
  }
}
