/**
 * All tokens as a trie, to find the longest one that begins at a place in a text. A
 * double array (Aoe 1989): the child of a node by byte `b` is cell `base + b`, if that
 * cell says that it is a child by `b`. No two nodes share a base, so the byte tells
 * whose child a cell is and a step reads a single word; 100,000 tokens take 2 MB.
 */
import type { TokenBytes } from '../vocabulary/token-bytes.js';

/** A cell: bits 0–7 byte, 8 occupied, 9 a token ends here, 10–31 base. */
const occupied = 1 << 8;
const childMask = occupied | 0xff;
const endsToken = 1 << 9;
const baseShift = 10;
/** Cells tried for the children of one node before the search goes on further up. */
const patience = 16;

export class TokenTrie {
  /** Bases have 22 bits, and there are at most as many nodes as bytes. */
  static hasRoomFor({ bytes }: TokenBytes): boolean {
    return bytes.length < 3_500_000;
  }

  /**
   * By cell: what is described above, and the token that ends here. Cells 0–255 are the nodes of one byte.
   */
  #cells = new Int32Array(1 << 13);
  /** One bit a base: some node has it. */
  #usedBases = new Int32Array(1 << 7);
  /** Where the search for room for an only child begins, and for several. Bases are above 0. */
  #roomForOne = 257;
  #roomForMore = 257;

  /** Of tokens with the same bytes the one of the smallest id counts. */
  constructor({ bytes, offsets }: TokenBytes) {
    const size = offsets.length - 1;
    // Tokens that share a beginning are a list, which is dealt
    // out by the next byte (a radix sort) from node to node.
    const nextInList = new Int32Array(size);
    const heads = new Int32Array(256).fill(-1);
    const labels = new Int32Array(256);
    const queuedCells: number[] = [];
    const queuedLists: number[] = [];
    const deal = (list: number, depth: number): number => {
      let count = 0;
      for (let token = list; token >= 0; ) {
        const next = nextInList[token]!;
        const byte = bytes[offsets[token]! + depth]!;
        if (heads[byte] === -1) labels[count++] = byte;
        nextInList[token] = heads[byte]!;
        heads[byte] = token;
        token = next;
      }
      return count;
    };
    const enqueue = (base: number, count: number): void => {
      for (let i = 0; i < count; i++) {
        const byte = labels[i]!;
        this.#cells[(base + byte) * 2] = occupied | byte;
        queuedCells.push(base + byte);
        queuedLists.push(heads[byte]!);
        heads[byte] = -1;
      }
    };
    let all = -1;
    for (let token = 0; token < size; token++) {
      if (offsets[token + 1] === offsets[token]) continue;
      nextInList[token] = all;
      all = token;
    }
    enqueue(0, deal(all, 0));
    this.#usedBases[0] = 1;
    for (let i = 0, depth = 1, levelEnd = queuedCells.length; i < queuedCells.length; i++) {
      if (i === levelEnd) {
        depth++;
        levelEnd = queuedCells.length;
      }
      const cell = queuedCells[i]!;
      let longer = -1;
      for (let token = queuedLists[i]!; token >= 0; ) {
        const next = nextInList[token]!;
        if (offsets[token + 1]! - offsets[token]! > depth) {
          nextInList[token] = longer;
          longer = token;
        } else if ((this.#cells[cell * 2]! & endsToken) === 0 || this.#cells[cell * 2 + 1]! > token) {
          this.#cells[cell * 2]! |= endsToken;
          this.#cells[cell * 2 + 1] = token;
        }
        token = next;
      }
      if (longer < 0) continue;
      const count = deal(longer, depth);
      const base = this.#findBase(labels, count);
      enqueue(base, count);
      this.#cells[cell * 2]! |= base << baseShift;
    }
  }

  /** The longest token at `position`, -1 for none. */
  longest(view: DataView, position: number, end: number): number {
    const cells = this.#cells;
    let found = -1;
    // The root has base 0, and cells without children have it too: there the byte must be the first.
    for (let at = position, base = 0; at < end && (base > 0 || at === position); at++) {
      const byte = view.getUint8(at);
      const cell = (base + byte) * 2;
      const value = cells[cell]!;
      if ((value & childMask) !== (occupied | byte)) break;
      if ((value & endsToken) !== 0) found = cells[cell + 1]!;
      base = value >>> baseShift;
    }
    return found;
  }

  /** A base that no node has, such that the cells of all children are free. */
  #findBase(labels: Int32Array, count: number): number {
    const first = labels[0]!;
    let cell = count === 1 ? this.#roomForOne : this.#roomForMore;
    for (let tried = 0; ; cell++, tried++) {
      const base = cell - first;
      if ((base + 256) * 2 >= this.#cells.length) this.#grow();
      if (this.#cells[cell * 2] !== 0 || (this.#usedBases[base >> 5]! & (1 << (base & 31))) !== 0) continue;
      let fits = 1;
      while (fits < count && this.#cells[(base + labels[fits]!) * 2] === 0) fits++;
      if (fits < count) continue;
      this.#usedBases[base >> 5]! |= 1 << (base & 31);
      if (tried > patience) {
        if (count === 1) this.#roomForOne = cell;
        else this.#roomForMore = cell;
      }
      return base;
    }
  }

  #grow(): void {
    this.#cells = grown(this.#cells);
    this.#usedBases = grown(this.#usedBases);
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
