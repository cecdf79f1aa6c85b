/**
 * Takes out of the chosen container what is not its text: lists of links, teasers of other pages, captions,
 * headings over links to elsewhere.
 */
import { headingTags, tags } from './html-tags.js';
import type { PageTree } from './page-tree.js';
import { isElsewhereHeading } from './scrap-lines.js';
import { sumOf, type TextBlocks } from './text-blocks.js';

/** Marks more nodes as discarded below `root`. */
export function pruneContent(tree: PageTree, blocks: TextBlocks, discarded: Uint8Array, root: number): void {
  const end = tree.end[root]!;
  const prose = sumOf(blocks.prose, tree, root);
  for (let node = root + 1; node < end; node++) {
    if (discarded[node] === 0) {
      const to = scrapEnd(tree, blocks, node, root, prose);
      if (to === node) continue;
      discarded.fill(1, node, to);
    }
    node = tree.end[node]! - 1;
  }
}

const inlineTags = tags(
  '#text a em strong b i u code pre br hr img sup sub blockquote abbr time tt tbody thead body html',
);
const cells = tags('li td th tr dd dt');

/** Where the scrap that starts at `node` ends; `node` itself when it is none. */
function scrapEnd(tree: PageTree, blocks: TextBlocks, node: number, root: number, rootProse: number): number {
  const tag = tree.tag[node]!;
  const end = tree.end[node]!;
  if (inlineTags.has(tag)) return node;
  if (tag === 'figcaption') return end;
  const characters = sumOf(blocks.characters, tree, node);
  if (characters === 0) return node;
  if (headingTags.has(tag) && characters <= 80 && isElsewhereHeading(textOf(tree, node))) {
    return afterElsewhere(tree, blocks, node, root);
  }
  // A sentence that is a link is still a sentence; a row of links is none.
  if ((tag === 'p' || tag === 'li') && characters >= 120 && sumOf(blocks.links, tree, node) === 1)
    return node;
  // Cells and items are judged with their table or list, unless they are columns of a layout.
  if (cells.has(tag) && sumOf(blocks.blocks, tree, node) < 5) return node;
  const prose = sumOf(blocks.prose, tree, node);
  const density = sumOf(blocks.linkCharacters, tree, node) / characters;
  if (density > 0.66 || (tag !== 'p' && density > 0.4 && prose < 0.2 * characters)) return end;
  const titles = sumOf(blocks.headingLinks, tree, node);
  return titles > 0 && characters < 250 * titles && prose < 0.4 * rootProse ? end : node;
}

/** A heading over links takes along what follows it, up to the next heading, as long as that is no prose. */
function afterElsewhere(tree: PageTree, blocks: TextBlocks, heading: number, root: number): number {
  const end = tree.end[heading]!;
  const stop = heading === root ? end : tree.end[tree.parent[heading]!]!;
  let to = end;
  while (to < stop && !headingTags.has(tree.tag[to]!)) to = tree.end[to]!;
  return blocks.prose[to] === blocks.prose[end] ? to : end;
}

function textOf(tree: PageTree, node: number): string {
  let text = '';
  const end = Math.min(tree.end[node]!, node + 100);
  for (let at = node + 1; at < end; at++) text += tree.text[at]!;
  return text.replace(/\s+/g, ' ').trim();
}
