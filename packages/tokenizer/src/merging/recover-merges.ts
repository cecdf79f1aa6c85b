/**
 * The merges behind a vocabulary of ranks (after minbpe's `recover_merges`): merging a token's bytes with the
 * ranks below its own leaves the two tokens that make it.
 */

import type { MergeList, TokenSplits } from '../vocabulary/merge-list.js';
import { byteIdsOf, longestTokenOf, paddedView, type TokenBytes } from '../vocabulary/token-bytes.js';
import { RankMerger } from './rank-merger.js';
import { TokenTable } from './token-table.js';

export interface RecoveredMerges extends MergeList {
  /** Ids of tokens of several bytes that no two tokens make: they can only stand for a whole piece. */
  readonly unreachable: readonly number[];
}

/** The rank of each token is its id. */
export function recoverMerges(tokens: TokenBytes): RecoveredMerges {
  const { offsets } = tokens;
  const size = offsets.length - 1;
  const view = paddedView(tokens.bytes);
  const table = new TokenTable(tokens);
  const longest = longestTokenOf(tokens);
  const merger = new RankMerger(byteIdsOf(tokens), table, longest);
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

/**
 * The same by id; undefined where a token cannot be made by
 * merging, so that only merging step by step is exact.
 */
export function splitsOf(tokens: TokenBytes): TokenSplits | undefined {
  const { pairs, results, unreachable } = recoverMerges(tokens);
  if (unreachable.length > 0) return undefined;
  const splits = Int32Array.from({ length: (tokens.offsets.length - 1) * 2 }, (_, i) => i >> 1);
  for (let i = 0; i < results.length; i++) {
    splits[results[i]! * 2] = pairs[i * 2]!;
    splits[results[i]! * 2 + 1] = pairs[i * 2 + 1]!;
  }
  return splits;
}
