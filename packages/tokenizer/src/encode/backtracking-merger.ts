/**
 * Byte-pair encoding in linear time without simulating merges (the backtracking encoder of GitHub's rust-gems `bpe`): take the longest
 * token that fits; keep it if BPE would leave it and the token before it apart, else try the next shorter one, else go back a token.
 * It gives what merging gives as long as every token is itself the encoding of its bytes, which holds for vocabularies that
 * training produced and is checked by whoever builds one.
 */
import type { TokenBytes } from './token-bytes.js';
import { TokenTrie } from './token-trie.js';

/** The two tokens that make each token: `splits[2 id]`, `splits[2 id + 1]`; a token of one byte (or an unused id) is both itself. */
export type TokenSplits = Int32Array;

/** Ids are below 2^21, so id + 1 takes 22 bits; those above hold a part of the hash. */
const idMask = (1 << 22) - 1;
/** Words of the filter, a power of two: 256 KB. */
const filterWords = 1 << 16;

export class BacktrackingMerger {
  readonly #splits: TokenSplits;
  readonly #offsets: Int32Array;
  readonly #trie: TokenTrie;
  /** Open addressing: joined id + 1 and the high bits of the hash; the pair itself is in `#splits`. */
  readonly #pairs: Int32Array;
  /** One bit for some bits of a pair's hash: most pairs that make no token are known by it. */
  readonly #filter = new Int32Array(filterWords);
  /** One bit a position: no encoding goes through here. */
  #dead = new Int32Array(64);

  constructor(tokens: TokenBytes, splits: TokenSplits) {
    this.#splits = splits;
    this.#offsets = tokens.offsets;
    this.#trie = new TokenTrie(tokens);
    const size = tokens.offsets.length - 1;
    this.#pairs = new Int32Array(2 ** Math.ceil(Math.log2(size * 2 + 16)));
    for (let id = 0; id < size; id++) if (splits[id * 2] !== id) this.#addPair(id);
  }

  /** Writes the ids of bytes [start, end) to `out` from `length` on and returns the new length. */
  merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    const offsets = this.#offsets;
    const trie = this.#trie;
    const words = (end - start + 32) >> 5;
    if (words > this.#dead.length) this.#dead = new Int32Array(words * 2);
    const dead = this.#dead;
    for (let i = 0; i < words; i++) dead[i] = 0;
    let count = length;
    let position = start;
    let last = -1;
    let token = trie.longest(view, start, end);
    while (token >= 0) {
      const next = position + offsets[token + 1]! - offsets[token]!;
      const at = next - start;
      if ((dead[at >> 5]! & (1 << (at & 31))) === 0 && (last < 0 || this.#stayApart(last, token))) {
        out[count++] = token;
        position = next;
        last = token;
        token = trie.longest(view, position, end);
        continue;
      }
      token = trie.longest(view, position, next - 1);
      if (token >= 0) continue;
      const from = position - start;
      dead[from >> 5]! |= 1 << (from & 31);
      // The first position always has an encoding, so there is a token to go back over.
      count--;
      token = last;
      position -= offsets[last + 1]! - offsets[last]!;
      last = count > length ? out[count - 1]! : -1;
    }
    return count;
  }

  /**
   * Whether BPE leaves these two tokens side by side: no merge across their boundary would have come before those inside. The later
   * made of the two is taken apart again and again, and what then meets at the boundary must not be a pair that merges earlier.
   */
  #stayApart(leftToken: number, rightToken: number): boolean {
    const splits = this.#splits;
    let left = leftToken;
    let right = rightToken;
    let limit = 0x7fffffff;
    for (;;) {
      if (this.#mergesBelow(left, right, limit)) return false;
      if (left > right) {
        limit = left;
        left = splits[left * 2 + 1]!;
        if (left !== limit) continue;
        limit = right + 1;
        right = splits[right * 2]!;
        if (right + 1 === limit) return true;
      } else {
        limit = right + 1;
        right = splits[right * 2]!;
        if (right + 1 !== limit) continue;
        limit = left;
        left = splits[left * 2 + 1]!;
        if (left === limit) return true;
      }
    }
  }

  /** Whether the pair makes a token with an id below `limit`. */
  #mergesBelow(left: number, right: number, limit: number): boolean {
    const hash = hashPair(left, right);
    if ((this.#filter[(hash >>> 5) & (filterWords - 1)]! & (1 << (hash & 31))) === 0) return false;
    const splits = this.#splits;
    const pairs = this.#pairs;
    const mask = pairs.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const stored = pairs[slot]!;
      if (stored === 0) return false;
      if (((stored ^ hash) & ~idMask) !== 0) continue;
      const id = (stored & idMask) - 1;
      if (splits[id * 2] === left && splits[id * 2 + 1] === right) return id < limit;
    }
  }

  #addPair(id: number): void {
    const hash = hashPair(this.#splits[id * 2]!, this.#splits[id * 2 + 1]!);
    this.#filter[(hash >>> 5) & (filterWords - 1)]! |= 1 << (hash & 31);
    const pairs = this.#pairs;
    const mask = pairs.length - 1;
    let slot = hash & mask;
    while (pairs[slot] !== 0) slot = (slot + 1) & mask;
    pairs[slot] = (hash & ~idMask) | (id + 1);
  }
}

function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
