/** Counts how often each piece occurs: all that training needs of a corpus. Counts are doubles, exact to 2^53. */
import { throwIfAborted } from '@llm/core';
import { ByteMap } from '../encode/byte-map.js';
import { Utf8Buffer, windowEnd } from '../encode/text-windows.js';
import type { PreTokenizer } from '../pretokenize/pre-tokenizer.js';

export class PieceCounter {
  readonly pieces = new ByteMap(4096);
  /** [pieces.size] */
  counts = new Float64Array(4096);
  /** UTF-8 bytes counted. */
  bytes = 0;
  readonly #utf8 = new Utf8Buffer();

  constructor(readonly preTokenizer: PreTokenizer) {}

  add(text: string, signal?: AbortSignal): void {
    const { scanner } = this.preTokenizer;
    if (scanner === undefined) {
      this.preTokenizer.split(text, (start, end) => {
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
      const { bytes, view } = this.#utf8;
      for (let position = 0; position < end; ) {
        const next = scanner(bytes, position, end);
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
}
