/**
 * Which blocks of a page are its content. The model gives each block a probability; what
 * is kept is the set whose expected F1 against the true main text is greatest (the blocks
 * above a cut that lies at half of that F1), moved up or down by the mode. Five rules
 * stand beside the model: the cells of a data table stay together, of two copies of a
 * paragraph the first is kept, menus, hidden scraps, consent boxes and the title above the
 * text go.
 */
import { blockFeatures, blockText } from './block-features.js';
import { type BlockModel, blockModel } from './block-model.js';
import { cutBlocks, type TextBlocks } from './cut-blocks.js';
import { type ElementContext, elementContext } from './element-context.js';
import { probabilitiesOf } from './gradient-boosted-trees.js';
import { headingTags } from './html-tags.js';
import { leaveOutFurniture } from './leave-out-furniture.js';
import { kindProbabilities, kindTokens, type PageKind, pageKinds } from './page-kind.js';
import type { PageTree } from './page-tree.js';

/** Less that is wrong, the greatest F1, or less that is missed. */
export const extractionModes = ['precision', 'balanced', 'recall'] as const;
export type ExtractionMode = (typeof extractionModes)[number];

/** The least and the greatest probability at which a mode cuts. */
const cuts: Readonly<Record<ExtractionMode, readonly [number, number]>> = {
  precision: [0.5, 0.6],
  balanced: [0.2, 0.5],
  recall: [0.1, 0.2],
};

export interface ChosenContent {
  /** One byte a node: 1 = not part of the content. Whole subtrees are marked. */
  readonly discarded: Uint8Array;
  readonly kind: PageKind;
  /** The F1 that is expected of the chosen text, 0…1. */
  readonly confidence: number;
}

export function chooseContent(
  tree: PageTree,
  html: string,
  mode: ExtractionMode,
  model: BlockModel = blockModel(),
): ChosenContent {
  const blocks = cutBlocks(tree);
  const kinds = kindProbabilities(kindTokens(html, tree, blocks), model.kinds);
  const context = elementContext(tree, blocks, model.names);
  const probabilities = judgeBlocks(tree, blocks, context, kinds, model);
  keepTablesTogether(tree, blocks, context, probabilities);
  const { cut, expected } = bestCut(blocks, probabilities);
  const [least, greatest] = cuts[mode];
  const at = Math.min(greatest, Math.max(least, cut));
  const kept = Uint8Array.from(probabilities, (probability) => (probability >= at ? 1 : 0));
  leaveOutScraps(tree, blocks, context, kept);
  leaveOutCopies(tree, blocks, kept);
  leaveOutTitle(tree, blocks, kept);
  leaveOutFurniture(tree, blocks, context, kept);
  const kind = pageKinds[kinds.indexOf(Math.max(...kinds))]!;
  return { discarded: discardOthers(tree, blocks, kept), kind, confidence: expected };
}

function judgeBlocks(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  kinds: Float32Array,
  model: BlockModel,
): Float32Array {
  const { values, columns } = blockFeatures(tree, blocks, context, model, kinds);
  return probabilitiesOf(model.trees, values, blocks.count, columns);
}

/**
 * Rows and columns mean something together only: the blocks of a table with short cells share their mean.
 * That of the cells that are no links, where there are enough: a link in a cell says little of the table.
 */
function keepTablesTogether(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  probabilities: Float32Array,
): void {
  let block = 0;
  for (let node = 1; node < tree.size && block < blocks.count; node++) {
    if (tree.tag[node] !== 'table') continue;
    const end = tree.end[node]!;
    while (block < blocks.count && blocks.first[block]! < node) block++;
    let last = block;
    const all = { words: 0, sum: 0 };
    const plain = { words: 0, sum: 0 };
    let longest = 0;
    for (; last < blocks.count && blocks.first[last]! < end; last++) {
      for (const group of blocks.linked[last] === 0 ? [all, plain] : [all]) {
        group.words += blocks.words[last]!;
        group.sum += blocks.words[last]! * probabilities[last]!;
      }
      longest = Math.max(longest, blocks.length[last]!);
    }
    const inner = context.blocks[end]! - context.blocks[node]!;
    if (inner < 4 || longest > 300) continue;
    const { words, sum } = 3 * plain.words >= all.words ? plain : all;
    if (words > 0) probabilities.fill(sum / words, block, last);
    node = end - 1;
  }
}

/** The cut of greatest expected F1, by words: each kept word is right with its block's probability. */
function bestCut(blocks: TextBlocks, probabilities: Float32Array): { cut: number; expected: number } {
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => probabilities[b]! - probabilities[a]! || a - b,
  );
  let wanted = 0;
  for (const block of order) wanted += probabilities[block]! * blocks.words[block]!;
  let [right, kept, cut, expected] = [0, 0, 1, 0];
  for (const block of order) {
    right += probabilities[block]! * blocks.words[block]!;
    kept += blocks.words[block]!;
    const f1 = kept + wanted === 0 ? 0 : (2 * right) / (kept + wanted);
    if (f1 > expected) {
      expected = f1;
      cut = probabilities[block]!;
    }
  }
  return { cut, expected };
}

/** What is hidden and holds no prose is no answer that a click opens; a `nav` without prose is a menu. */
function leaveOutScraps(tree: PageTree, blocks: TextBlocks, context: ElementContext, kept: Uint8Array): void {
  for (let node = 1; node < tree.size; node++) {
    if (tree.tag[node] !== 'nav' && !tree.hidden.has(node)) continue;
    const end = tree.end[node]!;
    if (context.prose[end] !== context.prose[node]) continue;
    for (let at = node; at < end; at++) if (blocks.blockOf[at]! >= 0) kept[blocks.blockOf[at]!] = 0;
    node = end - 1;
  }
}

/** A second copy for small screens. */
function leaveOutCopies(tree: PageTree, blocks: TextBlocks, kept: Uint8Array): void {
  const seen = new Map<number, number>();
  for (let block = 0; block < blocks.count; block++) {
    if (kept[block] === 0 || blocks.length[block]! < 60) continue;
    const key = blocks.hash[block]! * 8192 + (blocks.length[block]! & 4095);
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, block);
    // A refrain stands beside itself, in one element.
    else if (tree.parent[blocks.element[earlier]!] !== tree.parent[blocks.element[block]!]) kept[block] = 0;
  }
}

/**
 * A heading at the top of the content that repeats the title, with or without the name of the site behind it.
 */
function leaveOutTitle(tree: PageTree, blocks: TextBlocks, kept: Uint8Array): void {
  const first = kept.indexOf(1);
  if (first < 0 || kept.indexOf(1, first + 1) < 0 || !headingTags.has(tree.tag[blocks.element[first]!]!))
    return;
  const heading = blockText(tree, blocks, first).toLowerCase();
  const title = tree.title.toLowerCase();
  const rest = title.slice(heading.length).trimStart();
  if (title.startsWith(heading) && !/^[\p{L}\p{N}]/u.test(rest)) kept[first] = 0;
}

/** Marks every subtree with text in it of which nothing is kept. Empty cells of a table stay. */
function discardOthers(tree: PageTree, blocks: TextBlocks, kept: Uint8Array): Uint8Array {
  const keptBefore = new Int32Array(tree.size + 1);
  const textBefore = new Int32Array(tree.size + 1);
  for (let node = 0; node < tree.size; node++) {
    const block = blocks.blockOf[node]!;
    const hasText = block >= 0 || (tree.tag[node] === '#text' && tree.text[node]!.trim() !== '');
    keptBefore[node + 1] = keptBefore[node]! + (block >= 0 && kept[block] === 1 ? 1 : 0);
    textBefore[node + 1] = textBefore[node]! + (hasText ? 1 : 0);
  }
  const discarded = new Uint8Array(tree.size);
  for (let node = 1; node < tree.size; node++) {
    const end = tree.end[node]!;
    if (keptBefore[end] === keptBefore[node] && textBefore[end] !== textBefore[node]) discarded[node] = 1;
  }
  return discarded;
}
