import { PieceTable } from './piece-table.js';
import { paddedView, type TokenBytes } from './token-bytes.js';

/** Bytes of every token → its id. */
export function tokenTable({ bytes, offsets }: TokenBytes): PieceTable {
  const view = paddedView(bytes);
  const table = new PieceTable(offsets.length, true);
  for (let id = 0; id + 1 < offsets.length; id++) {
    const length = offsets[id + 1]! - offsets[id]!;
    if (length > 0) table.add(view, offsets[id]!, length, id);
  }
  return table;
}
