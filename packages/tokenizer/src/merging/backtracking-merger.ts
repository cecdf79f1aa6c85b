/**
 * Byte-pair encoding in linear time without simulating merges (the backtracking encoder of
 * GitHub's rust-gems `bpe`): take the longest token that fits; keep it if BPE would leave
 * it and the token before it apart, else try the next shorter one, else go back a token. It
 * gives what merging gives as long as every token is itself the encoding of its bytes,
 * which holds for vocabularies that training produced and is checked by whoever builds one.
 */

import type { TokenSplits } from '../vocabulary/merge-list.js';
import type { TokenBytes } from '../vocabulary/token-bytes.js';
import { NO_MERGE } from './merger.js';
import type { TokenPairs } from './token-pairs.js';
import { TokenTrie } from './token-trie.js';

export class BacktrackingMerger {
  readonly #pairs: TokenPairs;
  readonly #offsets: Int32Array;
  readonly #trie: TokenTrie;
  /**
   * [256 × 256] by the last byte of a left token and the first
   * byte of a right one: the least token that two such make.
   */
  readonly #leastAcross: Int32Array;
  /** One bit a position: no encoding goes through here. */
  #dead = new Int32Array(64);

  constructor(tokens: TokenBytes, pairs: TokenPairs) {
    this.#pairs = pairs;
    this.#offsets = tokens.offsets;
    this.#trie = new TokenTrie(tokens);
    this.#leastAcross = leastAcross(tokens, pairs.splits);
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
    let isLastLongest = false;
    let token = trie.longest(view, start, end);
    let isLongest = true;
    while (token >= 0) {
      const next = position + offsets[token + 1]! - offsets[token]!;
      const at = next - start;
      if (
        (dead[at >> 5]! & (1 << (at & 31))) === 0 &&
        (last < 0 || this.#stayApart(last, token, view.getUint16(position - 1), isLastLongest))
      ) {
        out[count++] = token;
        position = next;
        last = token;
        isLastLongest = isLongest;
        token = trie.longest(view, position, end);
        isLongest = true;
        continue;
      }
      token = trie.longest(view, position, next - 1);
      isLongest = false;
      if (token >= 0) continue;
      const from = position - start;
      dead[from >> 5]! |= 1 << (from & 31);
      // The first position always has an encoding, so there is a token to go back over.
      count--;
      token = last;
      position -= offsets[last + 1]! - offsets[last]!;
      last = count > length ? out[count - 1]! : -1;
      isLastLongest = false;
    }
    return count;
  }

  /**
   * Whether BPE leaves these two tokens side by side: no merge across their boundary would have come before
   * those inside. The later made of the two is taken apart again and again, and what then meets at the
   * boundary must not be a pair that merges earlier. `boundary`: the two bytes there. `isPairless`: they are
   * known to make no token together, as when the left one was the longest.
   */
  #stayApart(leftToken: number, rightToken: number, boundary: number, isPairless: boolean): boolean {
    const { splits } = this.#pairs;
    const least = this.#leastAcross[boundary]!;
    let left = leftToken;
    let right = rightToken;
    let limit = NO_MERGE;
    for (let isKnown = isPairless; least < limit; isKnown = false) {
      if (!isKnown && this.#pairs.find(left, right) < limit) return false;
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
    return true;
  }
}

function leastAcross({ bytes, offsets }: TokenBytes, splits: TokenSplits): Int32Array {
  const least = new Int32Array(1 << 16).fill(NO_MERGE);
  for (let id = splits.length / 2 - 1; id >= 0; id--) {
    const left = splits[id * 2]!;
    if (left !== id)
      least[(bytes[offsets[left + 1]! - 1]! << 8) | bytes[offsets[splits[id * 2 + 1]!]!]!] = id;
  }
  return least;
}
