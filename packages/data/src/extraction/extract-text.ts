/**
 * Main text of a web page: boilerplate is marked by element and name, the densest container of paragraphs is found,
 * what is mostly links is taken out, the rest is written as lines. In the spirit of trafilatura's precision mode and
 * of Mozilla's Readability; the code and the word lists are ours. Comments of readers are boilerplate here.
 */
import { findContentRoot } from './content-root.js';
import { discardBoilerplate } from './discard.js';
import { type PageTree, type ParseLimits, parsePage } from './page-tree.js';
import { renderText } from './render-text.js';
import { linkDensity, measure, subtreeSum } from './text-measure.js';

export interface ExtractOptions extends ParseLimits {
  /** Longer pages are not parsed: the reason is `timeout`. UTF-16 units; default 16 Mi. */
  readonly maxCharacters?: number;
}

export type Extraction =
  | { readonly kind: 'text'; readonly text: string; readonly title: string }
  | { readonly kind: 'dropped'; readonly reason: 'empty' | 'timeout' };

/** The main text of a page, lines separated by `\n`, or why there is none. */
export function extractText(html: string, options: ExtractOptions = {}): Extraction {
  if (html.length > (options.maxCharacters ?? 16 * 1024 * 1024))
    return { kind: 'dropped', reason: 'timeout' };
  const tree = parsePage(html, options);
  if (tree === undefined) return { kind: 'dropped', reason: 'timeout' };
  let text = attempt(tree, true);
  if (text.length < 250) {
    const relaxed = attempt(tree, false);
    if (relaxed.length > 2 * text.length) text = relaxed;
  }
  return text === '' ? { kind: 'dropped', reason: 'empty' } : { kind: 'text', text, title: tree.title };
}

function attempt(tree: PageTree, byName: boolean): string {
  const discarded = discardBoilerplate(tree, byName);
  const measures = measure(tree, discarded);
  const { root, score } = findContentRoot(tree, measures, discarded);
  if (root === 0) return '';
  const threshold = Math.max(10, (score[root] as number) * 0.2);
  const parent = tree.parent[root] as number;
  const roots: number[] = [];
  const end = tree.end[parent] as number;
  for (let child = parent + 1; child < end; child = tree.end[child] as number) {
    if (discarded[child] === 1) continue;
    if (child === root || (score[child] as number) >= threshold) roots.push(child);
    else if (tree.tag[child] === 'p') {
      const characters = subtreeSum(measures.characters, tree, child);
      if (characters > 80 && linkDensity(measures, tree, child) < 0.25) roots.push(child);
    }
  }
  // Blocks inside that are mostly links.
  for (const start of roots) {
    const stop = tree.end[start] as number;
    for (let node = start + 1; node < stop; node++) {
      if (discarded[node] === 1) continue;
      const tag = tree.tag[node];
      if (
        tag !== 'ul' &&
        tag !== 'ol' &&
        tag !== 'div' &&
        tag !== 'table' &&
        tag !== 'section' &&
        tag !== 'p'
      )
        continue;
      const characters = subtreeSum(measures.characters, tree, node);
      const density = linkDensity(measures, tree, node);
      if (density > 0.6 && characters < 1000) discarded.fill(1, node, tree.end[node]);
    }
  }
  return renderText(tree, roots, discarded);
}
