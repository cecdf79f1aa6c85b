/**
 * Marks the subtrees that are boilerplate by element, role, visibility or name. Names mislead (`<body
 * class="has-sidebar">`), so nothing is discarded that holds a large part of the prose of the page.
 */
import { cueOf, isBoilerplateRole } from './cues.js';
import { headingTags, tags } from './html-tags.js';
import type { PageTree } from './page-tree.js';
import { sumOf, type TextBlocks } from './text-blocks.js';

/** A page with less prose than this has nothing to protect. */
export const scant = 250;

/** One byte a node: 1 = discarded. Whole subtrees are marked. Not `strict`: names count for comments only. */
export function discardBoilerplate(tree: PageTree, blocks: TextBlocks, strict: boolean): Uint8Array {
  const discarded = new Uint8Array(tree.size);
  const total = blocks.prose[tree.size]!;
  for (let node = 1; node < tree.size; node++) {
    const share = boilerplateShare(tree, node, strict, total > scant);
    if (share === 0 || sumOf(blocks.prose, tree, node) > share * total) continue;
    discarded.fill(1, node, tree.end[node]);
    node = tree.end[node]! - 1;
  }
  return discarded;
}

/** Parts of running text: their names say how they look. */
const neverByName = tags('p pre code em strong b i blockquote td th tr tbody h1 h2 h3 h4 h5 h6');

/** The share of the page's prose up to which the element is to be discarded; 0: it is not boilerplate. */
function boilerplateShare(tree: PageTree, node: number, strict: boolean, guarded: boolean): number {
  const tag = tree.tag[node]!;
  if (tag === '#text' || tag === 'html' || tag === 'body') return 0;
  const byElement = !guarded ? 1 : strict ? 0.8 : 0.3;
  if (tree.hidden.has(node) || tag === 'nav' || tag === 'footer' || tag === 'aside') return byElement;
  if (isBoilerplateRole(tree.role.get(node))) return byElement;
  const names = tree.cue[node]!;
  if (names === '' || neverByName.has(tag)) return 0;
  if (headingTags.has(tree.tag[tree.parent[node]!]!)) return 0;
  const cue = cueOf(names);
  if (cue === 'comments') return strict ? 0.9 : 0.5;
  if (cue === 'hidden') return 0.25;
  if (!strict || tag === 'main' || tag === 'article') return 0;
  if (cue === 'boilerplate') return guarded ? 0.25 : 1;
  return cue === 'weak' ? 0.05 : 0;
}
