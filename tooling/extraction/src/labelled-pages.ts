/** Pages as the model sees them, with labels and weights of their blocks. */

import { blockText } from '../../../packages/data/src/extraction/block-text.js';
import { cutBlocks, type TextBlocks } from '../../../packages/data/src/extraction/cut-blocks.js';
import { elementTokens } from '../../../packages/data/src/extraction/element-context.js';
import { headingTags } from '../../../packages/data/src/extraction/html-tags.js';
import { lineTokens } from '../../../packages/data/src/extraction/name-tokens.js';
import { shortWords } from '../../../packages/data/src/extraction/page-measures.js';
import { type PageTree, parsePage } from '../../../packages/data/src/extraction/page-tree.js';
import { alignBlocks } from './align.js';
import type { RealPage } from './real-pages.js';
import { wordsOf } from './word-score.js';

export interface LabelledPage {
  readonly page: RealPage;
  readonly tree: PageTree;
  readonly blocks: TextBlocks;
  /** Words of each block as numbers, and how often each stands in the known text. */
  readonly words: readonly Int32Array[];
  readonly wanted: Int32Array;
  readonly wantedTotal: number;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  /** Buckets of each block: of its ancestors' names, of its line, of the heading above. */
  readonly names: readonly Int32Array[];
  readonly lines: readonly Int32Array[];
  readonly headings: readonly Int32Array[];
}

const empty: Int32Array = new Int32Array(0);

export function labelPage(page: RealPage, pageWeight: number): LabelledPage | undefined {
  const tree = parsePage(page.html);
  if (tree === undefined) return undefined;
  const blocks = cutBlocks(tree);
  const { count } = blocks;
  if (count === 0) return undefined;
  const texts: string[] = [];
  for (let block = 0; block < count; block++) texts.push(blockText(tree, blocks, block));
  const lists = texts.map(wordsOf);
  const labels = new Float32Array(count);
  const weights = new Float32Array(count);
  const ids = new Map<string, number>();
  const words = lists.map((list) =>
    Int32Array.from(list, (word) => {
      const id = ids.get(word) ?? ids.size;
      ids.set(word, id);
      return id;
    }),
  );
  const wanted = new Int32Array(ids.size);
  const truth = page.text === undefined ? [] : wordsOf(page.text);
  for (const word of truth) {
    const id = ids.get(word);
    if (id !== undefined) wanted[id]!++;
  }
  if (page.text !== undefined) {
    labels.set(alignBlocks(lists, page.text));
    let found = 0;
    for (let block = 0; block < count; block++) found += labels[block]! * lists[block]!.length;
    // Pages whose text is not in their HTML teach nothing.
    const usable = found >= 0.5 * truth.length && truth.length > 0;
    let last = count;
    if (page.isPrefix) {
      last = -1;
      for (let block = 0; block < count; block++) if (labels[block]! > 0.5) last = block;
    }
    let sum = 0;
    for (let block = 0; block < count; block++) {
      weights[block] = usable && block <= last ? lists[block]!.length / truth.length : 0;
      sum += weights[block]!;
    }
    const scale = sum === 0 ? 0 : (pageWeight * Math.min(sum, 4)) / sum;
    for (let block = 0; block < count; block++) weights[block] = weights[block]! * scale;
  } else {
    const collapsed = texts.map((text) => text.toLowerCase());
    const mark = (segments: readonly string[], label: number): void => {
      for (const segment of segments) {
        const wantedText = segment.replace(/\s+/g, ' ').trim().toLowerCase();
        if (wantedText.length < 3) continue;
        const at = collapsed.flatMap((text, block) => (text.includes(wantedText) ? [block] : []));
        if (at.length > 2) continue;
        for (const block of at) {
          labels[block] = label;
          weights[block] = (pageWeight * 1.5) / Math.max(6, page.with.length + page.without.length);
        }
      }
    };
    mark(page.without, 0);
    mark(page.with, 1);
  }
  const nameCache = new Map<number, Int32Array>();
  const namesOf = (element: number): Int32Array => {
    const cached = nameCache.get(element);
    if (cached !== undefined) return cached;
    const list: number[] = [];
    for (let node = element; node > 0 && list.length < 400; node = tree.parent[node]!)
      list.push(...elementTokens(tree, node));
    const result = Int32Array.from(list);
    nameCache.set(element, result);
    return result;
  };
  const names: Int32Array[] = [];
  const lines: Int32Array[] = [];
  const headings: Int32Array[] = [];
  let heading: Int32Array = empty;
  for (let block = 0; block < count; block++) {
    names.push(namesOf(blocks.element[block]!));
    const [from, to] = [blocks.wordStart[block]!, blocks.wordStart[block + 1]!];
    const tokens = (salt: number): Int32Array =>
      Int32Array.from(lineTokens(blocks.wordHashes, from, to, salt));
    lines.push(blocks.words[block]! <= shortWords ? tokens(10) : empty);
    if (headingTags.has(tree.tagOf(blocks.element[block]!))) heading = tokens(20);
    headings.push(heading);
  }
  return {
    page,
    tree,
    blocks,
    words,
    wanted,
    wantedTotal: truth.length,
    labels,
    weights,
    names,
    lines,
    headings,
  };
}

/** F1 of the kept blocks against the known text. */
export function keptScore(labelled: LabelledPage, keep: (block: number) => boolean): number {
  const left = labelled.wanted.slice();
  let [kept, common] = [0, 0];
  for (let block = 0; block < labelled.words.length; block++) {
    if (!keep(block)) continue;
    for (const word of labelled.words[block]!) {
      kept++;
      if (left[word]! > 0) {
        common++;
        left[word]!--;
      }
    }
  }
  return kept + labelled.wantedTotal === 0 ? 0 : (2 * common) / (kept + labelled.wantedTotal);
}
