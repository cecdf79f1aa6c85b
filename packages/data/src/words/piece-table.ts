/**
 * Pieces of texts, found where they stand: words repeat from page to page, and a map of strings would have a
 * string made and hashed of each. The table forgets all of its pieces when it is full.
 */
import { ownString } from './own-string.js';

/** FNV-1a over UTF-16 units, started with this and continued with `nextPieceHash`. */
export const pieceHashStart = 0x811c9dc5;

export function nextPieceHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

export function pieceHash(piece: string): number {
  let hash = pieceHashStart;
  for (let at = 0; at < piece.length; at++) hash = nextPieceHash(hash, piece.charCodeAt(at));
  return hash;
}

export class PieceTable {
  /** By the number of a piece. */
  readonly pieces: string[] = [];
  #hashes = new Int32Array(1024);
  /** Numbers of pieces, plus one. */
  #slots = new Int32Array(4096);

  constructor(readonly limit: number) {}

  /** The number of the piece that stands there, or -1; `hash` is that of its units. */
  find(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = mixed(hash) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = slots[slot]! - 1;
      if (this.#hashes[number] === hash && isAt(this.pieces[number]!, text, start, end)) return number;
    }
    return -1;
  }

  /** The number of a piece that was not found; 0 when all others are forgotten for it. */
  add(piece: string, hash: number): number {
    if (this.pieces.length >= this.limit) {
      this.pieces.length = 0;
      this.#slots.fill(0);
    }
    if (4 * this.pieces.length >= this.#slots.length) this.#grow();
    const number = this.pieces.push(ownString(piece)) - 1;
    this.#hashes[number] = hash;
    this.#place(number);
    return number;
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = mixed(this.#hashes[number]!) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #grow(): void {
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let number = 0; number < this.pieces.length; number++) this.#place(number);
  }
}

function mixed(hash: number): number {
  return hash ^ (hash >>> 15);
}

function isAt(piece: string, text: string, start: number, end: number): boolean {
  if (piece.length !== end - start) return false;
  for (let at = 0; at < piece.length; at++)
    if (piece.charCodeAt(at) !== text.charCodeAt(start + at)) return false;
  return true;
}
