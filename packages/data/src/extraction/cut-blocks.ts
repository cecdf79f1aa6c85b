/**
 * Cuts a page into blocks of text, in document order: what stands between two boundaries of block elements,
 * or between two line breaks in a row. A block is the smallest thing that is kept or left out, so a word is
 * never taken out of a sentence for the class of the element it stands in. Inline text that is not displayed
 * and the mark of a heading's link to itself belong to no block.
 */
import { nameNumber } from '../html/element-names.js';
import { BlockRows } from './block-rows.js';
import { isBlock, isControl, isEmphasis, isHeading, tagBits } from './html-tags.js';
import type { PageTree } from './page-tree.js';
import type { TextBlocks } from './text-blocks.js';

export type { TextBlocks };

const a = nameNumber('a');
const br = nameNumber('br');
const p = nameNumber('p');
const permalinkMarks = new Set(['¶', '#', '§', '🔗', '', '⚓', '##']);

export function cutBlocks(tree: PageTree): TextBlocks {
  const { size, name: names, end } = tree;
  const rows = new BlockRows(tree);
  const openEnds: number[] = [];
  const openElements: number[] = [];
  let linkEnd = 0;
  let strongEnd = 0;
  for (let node = 1; node < size; node++) {
    while (openEnds.length > 0 && node >= openEnds[openEnds.length - 1]!) {
      rows.close();
      openEnds.pop();
      openElements.pop();
    }
    const number = names[node]!;
    const bits = number < 0 ? 0 : tagBits[number]!;
    if (number < 0) {
      rows.add(
        node,
        openElements[openElements.length - 1] ?? 0,
        tree.textOf(node),
        node < linkEnd,
        node < strongEnd,
      );
    } else if (number === br) {
      // Two line breaks make a paragraph; one is a blank.
      const next = names[node + 1]! < 0 && tree.textOf(node + 1).trim() === '' ? node + 2 : node + 1;
      if (names[next] === br) rows.close();
      else rows.blank();
    } else if ((bits & isBlock) !== 0 || ((bits & isControl) !== 0 && standsApart(tree, node))) {
      rows.close();
      openEnds.push(end[node]!);
      openElements.push(node);
    } else if (tree.hidden.has(node) || (number === a && isPermalink(tree, node))) {
      node = end[node]! - 1;
    } else if (number === a) {
      if (!tree.fragment.has(node)) {
        if (node >= linkEnd) linkEnd = end[node]!;
        rows.link();
      }
    } else if ((bits & isEmphasis) !== 0 && node >= strongEnd) strongEnd = end[node]!;
  }
  rows.close();
  return rows.finish();
}

/**
 * Buttons and labels are phrases by the standard, but only in paragraphs and headings do they read as such.
 */
export function standsApart(tree: PageTree, node: number): boolean {
  const name = tree.name[node]!;
  if (name < 0 || (tagBits[name]! & isControl) === 0) return false;
  const around = tree.name[tree.parent[node]!]!;
  return around < 0 || (around !== p && (tagBits[around]! & isHeading) === 0);
}

/** `<a href="#x">¶</a>` beside a heading. */
function isPermalink(tree: PageTree, node: number): boolean {
  if (!tree.fragment.has(node) || tree.end[node]! !== node + 2 || tree.name[node + 1]! >= 0) return false;
  const mark = tree.textOf(node + 1);
  return mark.length < 6 && permalinkMarks.has(mark.trim());
}
