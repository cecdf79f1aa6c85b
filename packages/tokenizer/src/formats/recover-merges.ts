/**
 * The merges behind a vocabulary of ranks (after minbpe's `recover_merges`): merging a token's bytes with the ranks below its own
 * leaves the two tokens that make it.
 */
import type { MergeList } from '../encode/merge-list.js';
import { PieceTable } from '../encode/piece-table.js';
import { RankMerger } from '../encode/rank-merger.js';
import { byteIdsOf, longestTokenOf, paddedView, type TokenBytes } from '../encode/token-bytes.js';

export interface RecoveredMerges extends MergeList {
  /** Ids of tokens of several bytes that no two tokens make: they can only stand for a whole piece. */
  readonly unreachable: readonly number[];
}

/** The rank of each token is its id. */
export function recoverMerges(tokens: TokenBytes): RecoveredMerges {
  const { offsets } = tokens;
  const size = offsets.length - 1;
  const view = paddedView(tokens.bytes);
  const table = new PieceTable(size);
  const longest = longestTokenOf(tokens);
  for (let id = 0; id < size; id++) {
    if (offsets[id + 1]! > offsets[id]!) table.add(view, offsets[id]!, offsets[id + 1]! - offsets[id]!, id);
  }
  const merger = new RankMerger(byteIdsOf(tokens), longest);
  merger.table = table;
  const parts = new Int32Array(longest);
  const pairs: number[] = [];
  const results: number[] = [];
  const unreachable: number[] = [];
  for (let id = 0; id < size; id++) {
    if (offsets[id + 1]! - offsets[id]! < 2) continue;
    if (merger.mergeBelow(id, view, offsets[id]!, offsets[id + 1]!, parts) !== 2) {
      unreachable.push(id);
      continue;
    }
    pairs.push(parts[0]!, parts[1]!);
    results.push(id);
  }
  return { pairs: Int32Array.from(pairs), results: Int32Array.from(results), unreachable };
}
