/**
 * Byte-pair encoding in linear time without simulating merges (the backtracking encoder of GitHub's rust-gems `bpe`): take the longest
 * token that fits; keep it if BPE would leave it and the token before it apart, else try the next shorter one, else go back a token.
 * It gives what merging gives as long as every token is itself the encoding of its bytes, which holds for vocabularies that
 * training produced and is checked by whoever builds one.
 */
import type { TokenBytes } from './token-bytes.js';

/** The two tokens that make each token: `splits[2 id]`, `splits[2 id + 1]`; a token of one byte (or an unused id) is both itself. */
export type TokenSplits = Int32Array;

/** Pairs remembered, a power of two: 512 KB. */
const rememberedPairs = 1 << 16;

export class BacktrackingMerger {
  readonly #splits: TokenSplits;
  readonly #offsets: Int32Array;
  /** Slots of left id + 1, right id, joined id, unused. */
  readonly #pairs: Int32Array;
  /** A trie of the tokens: (node << 8 | byte) + 1 → child, in slots of two. Nodes of two bytes are in `#second`. */
  #edges: Int32Array;
  #edgesUsed = 0;
  readonly #second = new Int32Array(1 << 16);
  /** By node: the token that ends here or nearest above, -1 for none. */
  #tokenAt: Int32Array;
  #nodes = 1 + 256;
  /** By token: the longest token that is a proper beginning of it, -1 for none. */
  readonly #shorter: Int32Array;
  /** Slots of left id, right id × 2 + answer: what the last pair that fell into each slot gave. */
  readonly #remembered = new Int32Array(rememberedPairs * 2).fill(-1);
  /** One bit a position: no encoding goes through here. */
  #dead = new Int32Array(64);

  constructor({ bytes, offsets }: TokenBytes, splits: TokenSplits) {
    this.#splits = splits;
    this.#offsets = offsets;
    const size = offsets.length - 1;
    this.#pairs = new Int32Array(4 * 2 ** Math.ceil(Math.log2(size * 1.6 + 16)));
    this.#edges = new Int32Array(2 * 2 ** Math.ceil(Math.log2(size * 4 + 16)));
    this.#tokenAt = new Int32Array(size * 2 + 1024).fill(-1);
    let parents = new Int32Array(this.#tokenAt.length);
    const nodeOf = new Int32Array(size);
    for (let id = 0; id < size; id++) {
      const start = offsets[id]!;
      const end = offsets[id + 1]!;
      if (end === start) continue;
      let node = 1 + bytes[start]!;
      for (let at = start + 1; at < end; at++) {
        let child =
          at === start + 1 ? this.#second[(bytes[start]! << 8) | bytes[at]!]! : this.#child(node, bytes[at]!);
        if (child === 0) {
          child = this.#nodes++;
          if (child >= this.#tokenAt.length) {
            const tokenAt = new Int32Array(child * 2).fill(-1);
            tokenAt.set(this.#tokenAt);
            this.#tokenAt = tokenAt;
            const larger = new Int32Array(child * 2);
            larger.set(parents);
            parents = larger;
          }
          parents[child] = node;
          if (at === start + 1) this.#second[(bytes[start]! << 8) | bytes[at]!] = child;
          else this.#addEdge(node, bytes[at]!, child);
        }
        node = child;
      }
      this.#tokenAt[node] = id;
      nodeOf[id] = node;
      if (splits[id * 2] !== id) this.#addPair(splits[id * 2]!, splits[id * 2 + 1]!, id);
    }
    this.#shorter = new Int32Array(size).fill(-1);
    const tokenAt = this.#tokenAt;
    // A node is made after its parent, so what is above is settled first.
    const above = new Int32Array(this.#nodes).fill(-1);
    for (let node = 1; node < this.#nodes; node++) {
      const parent = parents[node]!;
      if (parent > 0) above[node] = tokenAt[parent]! >= 0 ? tokenAt[parent]! : above[parent]!;
    }
    for (let id = 0; id < size; id++) if (nodeOf[id]! > 0) this.#shorter[id] = above[nodeOf[id]!]!;
  }

  /** Writes the ids of bytes [start, end) to `out` from `length` on and returns the new length. */
  merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    const offsets = this.#offsets;
    const shorter = this.#shorter;
    const words = (end - start + 32) >> 5;
    if (words > this.#dead.length) this.#dead = new Int32Array(words * 2);
    const dead = this.#dead;
    for (let i = 0; i < words; i++) dead[i] = 0;
    let count = length;
    let position = start;
    let token = this.#longest(view, position, end);
    while (token >= 0) {
      const last = count > length ? out[count - 1]! : -1;
      for (;;) {
        const next = position + offsets[token + 1]! - offsets[token]!;
        const at = next - start;
        if ((dead[at >> 5]! & (1 << (at & 31))) === 0 && (last < 0 || this.#stayApart(last, token))) {
          out[count++] = token;
          position = next;
          token = position < end ? this.#longest(view, position, end) : -1;
          break;
        }
        token = shorter[token]!;
        if (token >= 0) continue;
        const from = position - start;
        dead[from >> 5]! |= 1 << (from & 31);
        // The first position always has an encoding, so there is a token to go back over.
        count--;
        position -= offsets[last + 1]! - offsets[last]!;
        token = last;
        break;
      }
    }
    return count;
  }

  /** The longest token at `position`. */
  #longest(view: DataView, position: number, end: number): number {
    const tokenAt = this.#tokenAt;
    const first = view.getUint8(position);
    let found = tokenAt[1 + first]!;
    if (position + 1 >= end) return found;
    let node = this.#second[(first << 8) | view.getUint8(position + 1)]!;
    for (let at = position + 2; node > 0; at++) {
      if (tokenAt[node]! >= 0) found = tokenAt[node]!;
      if (at >= end) break;
      node = this.#child(node, view.getUint8(at));
    }
    return found;
  }

  /** Whether BPE leaves these two tokens side by side: no merge across their boundary would have come before those inside. */
  #stayApart(left: number, right: number): boolean {
    const remembered = this.#remembered;
    const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    const slot = ((hash ^ (hash >>> 15)) & (rememberedPairs - 1)) << 1;
    if (remembered[slot] === left) {
      const found = remembered[slot + 1]!;
      if (found >> 1 === right) return (found & 1) === 1;
    }
    const result = this.#computeStayApart(left, right);
    remembered[slot] = left;
    remembered[slot + 1] = (right << 1) | (result ? 1 : 0);
    return result;
  }

  #computeStayApart(leftToken: number, rightToken: number): boolean {
    const splits = this.#splits;
    const pairs = this.#pairs;
    const mask = pairs.length - 1;
    let left = leftToken;
    let right = rightToken;
    let limit = 0x7fffffff;
    for (;;) {
      for (let slot = hashPair(left, right) & mask; ; slot = (slot + 4) & mask) {
        const stored = pairs[slot]!;
        if (stored === 0) break;
        if (stored === left + 1 && pairs[slot + 1] === right) {
          if (pairs[slot + 2]! < limit) return false;
          break;
        }
      }
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

  #addPair(left: number, right: number, id: number): void {
    const mask = this.#pairs.length - 1;
    let slot = hashPair(left, right) & mask;
    while (this.#pairs[slot] !== 0) slot = (slot + 4) & mask;
    this.#pairs[slot] = left + 1;
    this.#pairs[slot + 1] = right;
    this.#pairs[slot + 2] = id;
  }

  /** 0 where there is none. */
  #child(node: number, byte: number): number {
    const edges = this.#edges;
    const mask = edges.length - 1;
    const key = ((node << 8) | byte) + 1;
    for (let slot = hashEdge(key) & mask; ; slot = (slot + 2) & mask) {
      const stored = edges[slot]!;
      if (stored === key) return edges[slot + 1]!;
      if (stored === 0) return 0;
    }
  }

  #addEdge(node: number, byte: number, child: number): void {
    if (this.#edgesUsed * 3 > this.#edges.length) {
      const old = this.#edges;
      this.#edges = new Int32Array(old.length * 2);
      for (let slot = 0; slot < old.length; slot += 2)
        if (old[slot] !== 0) this.#placeEdge(old[slot]!, old[slot + 1]!);
    }
    this.#placeEdge(((node << 8) | byte) + 1, child);
    this.#edgesUsed++;
  }

  #placeEdge(key: number, child: number): void {
    const edges = this.#edges;
    const mask = edges.length - 1;
    let slot = hashEdge(key) & mask;
    while (edges[slot] !== 0) slot = (slot + 2) & mask;
    edges[slot] = key;
    edges[slot + 1] = child;
  }
}

/** A multiple of 4. */
function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) << 2;
}

/** A multiple of 2. */
function hashEdge(key: number): number {
  const hash = Math.imul(key, 0x9e3779b1);
  return (hash ^ (hash >>> 15)) << 1;
}
