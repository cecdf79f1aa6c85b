/**
 * How a vocabulary came about, for who wants to see it: what each token was merged from, and the tokenizer as
 * it was after so many merges. Of ranks the merges are recovered (`recoverMerges`), of scores they are put in
 * order. Ids are those of the whole vocabulary throughout.
 */
import { BpeTokenizer } from '../bpe-tokenizer.js';
import { mergesOfScores } from '../formats/merge-scores.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { recoverMerges } from './recover-merges.js';

export interface MergeTree {
  readonly id: number;
  /** Place of its merge in their order, from 0; undefined where nothing makes it (bytes, added tokens). */
  readonly rank: number | undefined;
  /** The two that became it; undefined likewise. */
  readonly parts: readonly [MergeTree, MergeTree] | undefined;
}

export interface MergeHistory extends MergeList {
  readonly count: number;
  /** A token that several merges make is shown by the first of them. */
  treeOf(id: number): MergeTree;
  /** With the first `count` merges; all of them: the tokenizer itself. */
  tokenizerAfter(count: number): BpeTokenizer;
}

/** Throws `tokenizer/export-unsupported` for scores that no order of merges stands for. */
export function mergeHistory(tokenizer: BpeTokenizer): MergeHistory {
  const { definition } = tokenizer;
  const { pairs, results } =
    definition.merges ??
    (definition.characters?.scores === undefined
      ? recoverMerges(definition.tokens)
      : mergesOfScores(tokenizer));
  const rankOf = new Map<number, number>();
  for (let rank = results.length - 1; rank >= 0; rank--) rankOf.set(results[rank]!, rank);
  // A file's merges may make a token of itself: an earlier merge than its own is all that a part may need.
  const treeOf = (id: number, before: number): MergeTree => {
    const rank = rankOf.get(id);
    if (rank === undefined || rank >= before) return { id, rank: undefined, parts: undefined };
    return { id, rank, parts: [treeOf(pairs[rank * 2]!, rank), treeOf(pairs[rank * 2 + 1]!, rank)] };
  };
  return {
    pairs,
    results,
    count: results.length,
    treeOf: (id) => treeOf(id, Number.POSITIVE_INFINITY),
    tokenizerAfter(count) {
      if (count >= results.length) return tokenizer;
      const { characters } = definition;
      return new BpeTokenizer({
        ...definition,
        merges: { pairs: pairs.slice(0, count * 2), results: results.slice(0, count) },
        splits: undefined,
        ignoreMerges: false,
        characters: characters && { ...characters, scores: undefined },
      });
    },
  };
}
