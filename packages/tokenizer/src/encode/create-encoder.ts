/** From what a tokenizer is made of to the encoder that works for it. */
import type { BpeDefinition } from '../bpe-tokenizer.js';
import { ListMerger } from './merge-list.js';
import { PieceEncoder } from './piece-encoder.js';
import { PieceTable } from './piece-table.js';
import { RankMerger } from './rank-merger.js';
import { byteIdsOf, longestTokenOf, paddedView } from './token-bytes.js';

export function createEncoder({ tokens, merges, ignoreMerges, preTokenizer }: BpeDefinition): PieceEncoder {
  const { offsets } = tokens;
  const byteIds = byteIdsOf(tokens);
  if (merges !== undefined && ignoreMerges !== true) {
    return new PieceEncoder(preTokenizer, new ListMerger(byteIds, merges), () => new PieceTable(4096));
  }
  const view = paddedView(tokens.bytes);
  const createVocabulary = (): PieceTable => {
    const table = new PieceTable(offsets.length);
    for (let id = 0; id + 1 < offsets.length; id++) {
      const length = offsets[id + 1]! - offsets[id]!;
      if (length > 0) table.add(view, offsets[id]!, length, id);
    }
    return table;
  };
  if (merges !== undefined)
    return new PieceEncoder(preTokenizer, new ListMerger(byteIds, merges), createVocabulary);
  const merger = new RankMerger(byteIds, longestTokenOf(tokens));
  return new PieceEncoder(preTokenizer, merger, () => {
    merger.table = createVocabulary();
    return merger.table;
  });
}
