/**
 * Which blocks of a page are its content. The model gives each block a probability, which those built alike
 * share (stand-together.ts); what is kept is the set whose expected F1 against the true main text is greatest
 * (the blocks above a cut that lies at half of that F1), moved by the kind of page and the mode. Seven rules
 * stand beside the model: the cells of a data table stay together, of two copies of a paragraph one is kept,
 * menus, hidden scraps, notices, text of machines and the title above the text go, and comments below an
 * article are kept or left out as is asked.
 */
import { nameNumber } from '../html/element-names.js';
import { blockFeatures } from './block-features.js';
import { type BlockModel, blockModel } from './block-model.js';
import { blockText } from './block-text.js';
import { commentBlocks, isDeclaredThread } from './comment-sections.js';
import { cutBlocks, type TextBlocks } from './cut-blocks.js';
import { blocksIn, type ElementContext, elementContext, insideBits, sumOf } from './element-context.js';
import { probabilitiesOf } from './gradient-boosted-trees.js';
import { headingTags } from './html-tags.js';
import { leaveOutFurniture } from './leave-out-furniture.js';
import { leaveOutMachineText } from './machine-text.js';
import { kindProbabilities, kindTokens, type PageKind, pageKinds } from './page-kind.js';
import type { PageTree } from './page-tree.js';
import { repeatsTitle } from './repeats-title.js';
import { standTogether } from './stand-together.js';

/** Less that is wrong, the greatest F1, or less that is missed. */
export const extractionModes = ['precision', 'balanced', 'recall'] as const;
export type ExtractionMode = (typeof extractionModes)[number];

/** The least and the greatest probability at which a mode cuts. */
const cuts: Readonly<Record<ExtractionMode, readonly [number, number]>> = {
  precision: [0.35, 0.55],
  balanced: [0.12, 0.55],
  recall: [0.1, 0.2],
};

/**
 * By how much the cut is moved: below 1 more is kept. Blocks of a page stand and fall together, which the
 * expected F1 does not know; what is lost by that was found with models that had not seen the pages.
 */
const moved: Readonly<Record<PageKind, number>> = {
  article: 0.95,
  forum: 1.1,
  documentation: 0.7,
  product: 1.05,
  collection: 0.75,
  listing: 0.7,
  service: 0.7,
};

export interface ContentOptions {
  readonly mode: ExtractionMode;
  /** Keep what readers wrote below an article. Default false. */
  readonly comments?: boolean | undefined;
  /** Default: the one that is shipped. */
  readonly model?: BlockModel | undefined;
}

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
  { mode, comments = false, model = blockModel() }: ContentOptions,
): ChosenContent {
  const blocks = cutBlocks(tree);
  const kinds = kindProbabilities(kindTokens(html, tree, blocks), model.kinds);
  const context = elementContext(tree, blocks, model.names);
  const kind = pageKinds[kinds.indexOf(Math.max(...kinds))]!;
  const judge = (as: Float32Array): Float32Array => {
    const { columns, write } = blockFeatures(tree, blocks, context, model, as);
    const probabilities = probabilitiesOf(model.trees, blocks.count, columns, write);
    standTogether(blocks, context, probabilities, cohesion * (1 - as[pageKinds.indexOf('article')]!));
    return probabilities;
  };
  const probabilities = judge(kinds);
  if (kind !== 'forum') {
    const marked = commentBlocks(tree, blocks);
    if (marked.includes(1) && isBelowText(blocks, probabilities, marked) && !isDeclaredThread(html))
      judgeComments(marked, probabilities, comments ? judge(thread) : undefined);
  }
  keepTablesTogether(tree, blocks, context, probabilities);
  const expected = greatestF1(blocks, probabilities);
  const [least, greatest] = cuts[mode];
  const cut = (expected / 2) * pageKinds.reduce((sum, name, row) => sum + moved[name] * kinds[row]!, 0);
  const at = Math.min(greatest, Math.max(least, cut));
  const kept = new Uint8Array(blocks.count);
  for (let block = 0; block < kept.length; block++) kept[block] = probabilities[block]! >= at ? 1 : 0;
  leaveOutScraps(tree, blocks, context, kept);
  leaveOutCopies(tree, blocks, context, kept);
  // Documentation and threads quote it.
  if (kind !== 'documentation' && kind !== 'forum') leaveOutMachineText(tree, blocks, context, kept);
  leaveOutTitle(tree, blocks, kept);
  leaveOutFurniture(tree, blocks, context, kept);
  return { discarded: discardOthers(tree, blocks, kept), kind, confidence: expected };
}

/**
 * How much blocks that are built alike share. In an article they are the paragraphs, whose like is what other
 * stories are made of, too: there they share nothing.
 */
const cohesion = 0.5;

const nav = nameNumber('nav');
const table = nameNumber('table');

/** Characters. */
const mostOfTitle = 300;

/** A page that is a thread for certain. */
const thread = Float32Array.from(pageKinds, (kind) => (kind === 'forum' ? 1 : 0));
/** So many words of text above make an article; without them, the comments are the page. */
const leastArticle = 40;

function isBelowText(blocks: TextBlocks, probabilities: Float32Array, marked: Uint8Array): boolean {
  let [words, comments] = [0, 0];
  for (let block = 0; block < blocks.count && words < leastArticle; block++) {
    if (marked[block] === 0) words += probabilities[block]! * blocks.words[block]!;
    else comments += probabilities[block]! * blocks.words[block]!;
  }
  return words >= leastArticle && comments < leastArticle;
}

/** Comments that are wanted are judged as the posts of a thread. */
function judgeComments(
  marked: Uint8Array,
  probabilities: Float32Array,
  posts: Float32Array | undefined,
): void {
  for (let block = 0; block < marked.length; block++) {
    if (marked[block] === 0) continue;
    probabilities[block] = posts === undefined ? 0 : Math.max(posts[block]!, probabilities[block]!);
  }
}

/**
 * Rows and columns mean something together only: the blocks of a table with short cells share their mean.
 * That of the cells that are no links, where there are enough: a link in a cell says little of the table. A
 * table with another one in it is a layout.
 */
function keepTablesTogether(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  probabilities: Float32Array,
): void {
  /** The table that begins next behind the node. */
  let next = tree.size;
  for (let node = tree.size - 1; node > 0; node--) {
    if (tree.name[node] !== table) continue;
    const end = tree.end[node]!;
    const holdsTable = next < end;
    next = node;
    if (holdsTable) continue;
    const block = context.blocks[node]!;
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
    const inner = blocksIn(context, tree, node);
    if (inner < 4 || longest > 300) continue;
    const { words, sum } = 3 * plain.words >= all.words ? plain : all;
    if (words > 0) probabilities.fill(sum / words, block, last);
  }
}

/** The greatest expected F1 by words: each kept word is right with its block's probability. */
function greatestF1(blocks: TextBlocks, probabilities: Float32Array): number {
  // In steps of a thousandth, the likeliest first.
  const words = new Float64Array(1001);
  const content = new Float64Array(1001);
  let wanted = 0;
  for (let block = 0; block < blocks.count; block++) {
    const probability = probabilities[block]!;
    const step = Math.round(1000 * probability);
    words[step]! += blocks.words[block]!;
    content[step]! += probability * blocks.words[block]!;
    wanted += probability * blocks.words[block]!;
  }
  let [right, kept, greatest] = [0, 0, 0];
  for (let step = 1000; step >= 0; step--) {
    right += content[step]!;
    kept += words[step]!;
    if (kept > 0) greatest = Math.max(greatest, (2 * right) / (kept + wanted));
  }
  return greatest;
}

/** What is hidden and holds no prose is no answer that a click opens; a `nav` without prose is a menu. */
function leaveOutScraps(tree: PageTree, blocks: TextBlocks, context: ElementContext, kept: Uint8Array): void {
  for (let node = 1; node < tree.size; node++) {
    if (tree.name[node] !== nav && !tree.hidden.has(node)) continue;
    const end = tree.end[node]!;
    if (sumOf(context.prose, context, tree, node) > 0) continue;
    // What holds half of the page is hidden until a script shows it.
    const held = sumOf(context.characters, context, tree, node);
    if (tree.name[node] !== nav && 2 * held >= context.characters[blocks.count]!) continue;
    for (let at = node; at < end; at++) if (blocks.blockOf[at]! >= 0) kept[blocks.blockOf[at]!] = 0;
    node = end - 1;
  }
}

/**
 * A second copy, for small screens, of a quoted post or to open: of two the visible one is kept, or the
 * first. What a text says twice in elements of one kind, as a refrain, it says twice.
 */
function leaveOutCopies(tree: PageTree, blocks: TextBlocks, context: ElementContext, kept: Uint8Array): void {
  const seen = new Map<number, number>();
  for (let block = 0; block < blocks.count; block++) {
    if (kept[block] === 0 || blocks.length[block]! < 60) continue;
    const key = blocks.hash[block]! * 8192 + (blocks.length[block]! & 4095);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, block);
      continue;
    }
    const [one, other] = [blocks.element[earlier]!, blocks.element[block]!];
    if (((context.inside[one]! ^ context.inside[other]!) & insideBits.hidden) !== 0) {
      const isHidden = (context.inside[other]! & insideBits.hidden) !== 0;
      kept[isHidden ? block : earlier] = 0;
      if (!isHidden) seen.set(key, block);
    } else if (
      context.path[one] !== context.path[other] &&
      (block === earlier + 1 || tree.parent[one] !== tree.parent[other])
    )
      kept[block] = 0;
  }
}

/** The line at the top of the content goes where it repeats the title, be it a heading or not. */
function leaveOutTitle(tree: PageTree, blocks: TextBlocks, kept: Uint8Array): void {
  const first = kept.indexOf(1);
  if (first < 0 || kept.indexOf(1, first + 1) < 0 || blocks.length[first]! > mostOfTitle) return;
  // A note may have its first sentence for a title.
  const isSentence =
    !headingTags.has(tree.tagOf(blocks.element[first]!)) && isEnd(blocks.lastCharacter[first]!);
  if (!isSentence && repeatsTitle(blockText(tree, blocks, first), tree.title)) kept[first] = 0;
}

/** Whether a character ends a sentence. */
function isEnd(code: number): boolean {
  return code === 46 || code === 33 || code === 63 || code === 0x3002;
}

const [holdsKept, holdsText] = [1, 2];

/** Marks every subtree with text in it of which nothing is kept. Empty cells of a table stay. */
function discardOthers(tree: PageTree, blocks: TextBlocks, kept: Uint8Array): Uint8Array {
  const { size, name, parent } = tree;
  const discarded = new Uint8Array(size);
  // From the last node to the first, what a node holds is known to its parent before it is looked at.
  for (let node = size - 1; node > 0; node--) {
    const block = blocks.blockOf[node]!;
    if (block >= 0) discarded[node]! |= kept[block] === 1 ? holdsKept | holdsText : holdsText;
    else if (name[node]! < 0 && tree.textOf(node).trim() !== '') discarded[node]! |= holdsText;
    discarded[parent[node]!]! |= discarded[node]!;
    discarded[node] = discarded[node] === holdsText ? 1 : 0;
  }
  discarded[0] = 0;
  return discarded;
}
