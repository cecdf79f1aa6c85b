/**
 * Counts how often each piece occurs: all that training needs of a corpus. Counts are doubles, exact to 2^53.
 */
import { throwIfAborted } from '@llm/core';
import { Utf8Buffer, windowEnd } from '../encode/text-windows.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { ByteMap } from '../vocabulary/byte-map.js';
import type { PieceCounts } from './piece-counts.js';

/** What a memory budget cost: pieces that were seen at most `threshold` times were forgotten. */
export interface Pruning {
  readonly threshold: number;
  readonly pieces: number;
  readonly occurrences: number;
}

export class PieceCounter {
  pieces = new ByteMap(4096);
  /** [pieces.size] */
  counts = new Float64Array(4096);
  /** UTF-8 bytes counted. */
  bytes = 0;
  readonly #utf8 = new Utf8Buffer();

  constructor(readonly preTokenizer: PreTokenizer) {}

  add(text: string, signal?: AbortSignal): void {
    const { scanner, split } = this.preTokenizer;
    if (scanner === undefined) {
      split(text, (start, end) => {
        const length = this.#utf8.write(text.slice(start, end));
        this.bytes += length;
        this.addPiece(this.#utf8.view, 0, length, 1);
      });
      return;
    }
    for (let start = 0; start < text.length; ) {
      throwIfAborted(signal);
      const cut = windowEnd(text, start);
      const end = this.#utf8.write(text.slice(start, cut));
      const { view } = this.#utf8;
      for (let position = 0; position < end; ) {
        const next = scanner(view, position, end);
        this.addPiece(view, position, next - position, 1);
        position = next;
      }
      this.bytes += end;
      start = cut;
    }
  }

  addPiece(view: DataView, position: number, length: number, count: number): void {
    const entry = this.pieces.add(view, position, length);
    if (entry >= this.counts.length) {
      const larger = new Float64Array(this.counts.length * 2);
      larger.set(this.counts);
      this.counts = larger;
    }
    this.counts[entry]! += count;
  }

  /** Bytes of memory held. */
  get byteSize(): number {
    return this.pieces.byteSize + this.counts.byteLength;
  }

  /** Adds counts made elsewhere. */
  merge({ bytes, lengths, counts, textBytes }: PieceCounts): void {
    const padded = new Uint8Array(bytes.length + 8);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    for (let i = 0, position = 0; i < lengths.length; i++) {
      this.addPiece(view, position, lengths[i]!, counts[i]!);
      position += lengths[i]!;
    }
    this.bytes += textBytes;
  }

  toCounts(): PieceCounts {
    const { size } = this.pieces;
    const lengths = Int32Array.from({ length: size }, (_, entry) => this.pieces.keyLength(entry));
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    for (let entry = 0, position = 0; entry < size; entry++) {
      bytes.set(this.pieces.key(entry), position);
      position += lengths[entry]!;
    }
    return { bytes, lengths, counts: this.counts.slice(0, size), textBytes: this.bytes };
  }

  /** Forgets the rarest pieces, at least half of them; all that were seen equally seldom go together. */
  prune(): Pruning {
    const { size } = this.pieces;
    const sorted = this.counts.slice(0, size).sort();
    const threshold = sorted[size >> 1] ?? 0;
    const kept = new PieceCounter(this.preTokenizer);
    let pieces = 0;
    let occurrences = 0;
    let scratch = new Uint8Array(1024);
    for (let entry = 0; entry < size; entry++) {
      if (this.counts[entry]! <= threshold) {
        pieces++;
        occurrences += this.counts[entry]!;
        continue;
      }
      const key = this.pieces.key(entry);
      if (key.length + 8 > scratch.length) scratch = new Uint8Array(key.length * 2 + 8);
      scratch.set(key);
      kept.addPiece(new DataView(scratch.buffer), 0, key.length, this.counts[entry]!);
    }
    this.pieces = kept.pieces;
    this.counts = kept.counts;
    return { threshold, pieces, occurrences };
  }
}
