/**
 * One bucket in one range of keys → which documents share a key there. Each document is paired with the first
 * of its group, or with a document of an earlier crawl where one has the key. Records are held in memory: the
 * range is chosen so that there are some millions of them.
 */
import { sortKeys } from '../../deduplication/sort-keys.js';
import { WordList } from './record-file.js';
import type { KeyColumns } from './sorted-run.js';

/** Later document, earlier document, origin: 0 for this corpus, else the earlier crawl (from 1). */
export const pairWords = 3;

/**
 * Pairs in ascending order of the later document. `corpus` has its documents in ascending order where keys
 * are equal; `earlier` are the records of earlier crawls.
 */
export function findPairs(corpus: KeyColumns, earlier: readonly KeyColumns[] = []): Uint32Array {
  const order = sortKeys(corpus.high, corpus.low);
  const indexes = earlier.map((columns) => ({ columns, order: sortKeys(columns.high, columns.low), at: 0 }));
  const pairs = new WordList();
  for (let start = 0; start < order.length; ) {
    const place = order[start]!;
    const high = corpus.high[place]!;
    const low = corpus.low[place]!;
    let end = start + 1;
    while (end < order.length && corpus.high[order[end]!] === high && corpus.low[order[end]!] === low) end++;
    let first = corpus.documents[place]!;
    let origin = 0;
    let from = start + 1;
    indexes.forEach((index, number) => {
      const { columns } = index;
      const isBelow = (): boolean => {
        const at = index.order[index.at]!;
        return columns.high[at]! < high || (columns.high[at] === high && columns.low[at]! < low);
      };
      while (index.at < index.order.length && isBelow()) index.at++;
      const at = index.order[index.at];
      if (origin > 0 || at === undefined || columns.high[at] !== high || columns.low[at] !== low) return;
      first = columns.documents[at]!;
      origin = number + 1;
      from = start;
    });
    for (; from < end; from++) pairs.push(corpus.documents[order[from]!]!, first, origin);
    start = end;
  }
  return sortPairs(pairs.words);
}

function sortPairs(pairs: Uint32Array): Uint32Array {
  const later = new Uint32Array(pairs.length / pairWords);
  for (let at = 0; at < later.length; at++) later[at] = pairs[at * pairWords]!;
  const sorted = new Uint32Array(pairs.length);
  let at = 0;
  for (const place of sortKeys(later)) {
    sorted.set(pairs.subarray(place * pairWords, (place + 1) * pairWords), at);
    at += pairWords;
  }
  return sorted;
}
