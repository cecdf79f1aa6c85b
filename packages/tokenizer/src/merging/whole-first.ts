import type { PieceMerger } from '../encode/piece-encoder.js';
import type { TokenTable } from './token-table.js';

/** A piece that is a token is taken whole. */
export class WholeFirst implements PieceMerger {
  constructor(
    readonly vocabulary: TokenTable,
    readonly merger: PieceMerger,
  ) {}

  merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    const whole = this.vocabulary.find(view, start, end - start);
    if (whole < 0) return this.merger.merge(view, start, end, out, length);
    out[length] = whole;
    return length + 1;
  }
}
