/**
 * Going forth and back over the longest tokens must give what merging pair by pair gives, by scan or by heap.
 */
import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { loadEncoding } from '../encodings/load-encoding.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { byteIdsOf, longestTokenOf, paddedView } from '../vocabulary/token-bytes.js';
import { BacktrackingMerger } from './backtracking-merger.js';
import { PairMerger } from './pair-merger.js';
import { RankMerger } from './rank-merger.js';
import { splitsOf } from './recover-merges.js';
import { TokenPairs } from './token-pairs.js';
import { TokenTable } from './token-table.js';

const trained = await trainTokenizer(
  [
    'aba abab ababa bababb abbabab aabbaabb bbbaaabbb abcabcab cababcc',
    'ring string stringing ingot singing',
  ],
  { vocabularySize: 340, byteOrder: 'byte' },
);

test.each([
  ['cl100k_base', (await loadEncoding('cl100k_base')).definition.tokens],
  ['a small vocabulary of few letters', trained.definition.tokens],
])('%s: backtracking, pairs and ranks agree', (_, tokens) => {
  const splits = splitsOf(tokens)!;
  const pairs = new TokenPairs(splits);
  const backtracking = new BacktrackingMerger(tokens, pairs);
  const byPairs = new PairMerger(tokens, pairs);
  const byRanks = new RankMerger(byteIdsOf(tokens), new TokenTable(tokens), longestTokenOf(tokens));
  const random = createRandom(6, 'merge');
  const syllables = ['a', 'b', 'c', 'ing', 'str', 'tion', 'é', '中文', ' ', '  ', '\n', 'ab', '123', '✓'];
  let merged = 0;
  for (let run = 0; run < 3000; run++) {
    const text = Array.from({ length: 1 + random.integer(run % 50 === 0 ? 90 : 9) }, () =>
      run % 3 === 0 ? String.fromCharCode(random.integer(0x250)) : random.pick(syllables),
    ).join('');
    const bytes = new TextEncoder().encode(text);
    const view = paddedView(bytes);
    const out = [0, 1, 2].map(() => new Int32Array(bytes.length + 1));
    const lengths = [backtracking, byPairs, byRanks].map((merger, i) =>
      merger.merge(view, 0, bytes.length, out[i]!, 1),
    );
    expect(lengths[1]).toBe(lengths[0]);
    expect(lengths[2]).toBe(lengths[0]);
    expect(out[1]).toEqual(out[0]);
    expect(out[2]).toEqual(out[0]);
    merged += bytes.length;
  }
  // So that pairs and ranks did not hand over to backtracking.
  expect(merged).toBeLessThan(200_000);
});
