/**
 * Finds the element that holds the main text: paragraphs give points to their ancestors, near ones more than far
 * ones, links take points away (Readability's scheme, after Arc90).
 */
import { cueWeight, isArticleBody } from './cues.js';
import type { PageTree } from './page-tree.js';
import { linkDensity, type Measures, subtreeSum } from './text-measure.js';

const tagPoints: Readonly<Record<string, number>> = {
  div: 5,
  section: 5,
  article: 10,
  main: 10,
  pre: 3,
  td: 3,
  blockquote: 3,
  address: -3,
  ol: -3,
  ul: -3,
  dl: -3,
  dd: -3,
  dt: -3,
  li: -3,
  form: -3,
  h1: -5,
  h2: -5,
  h3: -5,
  h4: -5,
  h5: -5,
  h6: -5,
  th: -5,
};

export interface ScoredTree {
  readonly score: Float64Array;
  readonly root: number;
}

export function findContentRoot(tree: PageTree, measures: Measures, discarded: Uint8Array): ScoredTree {
  const score = new Float64Array(tree.size);
  const touched = new Uint8Array(tree.size);
  for (let node = 1; node < tree.size; node++) {
    if (discarded[node] === 1 || !isParagraph(tree, node)) continue;
    const characters = subtreeSum(measures.characters, tree, node);
    if (characters < 25) continue;
    const links = subtreeSum(measures.linkCharacters, tree, node);
    if (links > 0.6 * characters) continue;
    const points =
      1 + subtreeSum(measures.commas, tree, node) + Math.min(3, Math.floor((characters - links) / 100));
    let ancestor = tree.parent[node] as number;
    for (let level = 0; level < 5 && ancestor > 0; level++) {
      touched[ancestor] = 1;
      score[ancestor] =
        (score[ancestor] as number) + points / (level === 0 ? 1 : level === 1 ? 2 : level * 3);
      ancestor = tree.parent[ancestor] as number;
    }
  }
  let root = 0;
  let best = 0;
  for (let node = 1; node < tree.size; node++) {
    if (touched[node] === 0) continue;
    const cue = tree.cue[node] as string;
    let total = (score[node] as number) + (tagPoints[tree.tag[node] as string] ?? 0) + cueWeight(cue);
    if (isArticleBody(cue) || tree.itemprop.get(node) === 'articlebody') total += 25;
    total *= 1 - linkDensity(measures, tree, node);
    score[node] = total;
    if (total > best) {
      best = total;
      root = node;
    }
  }
  return { score, root };
}

/** A `p`, `pre`, `td`, or any element with text of its own and no block inside. */
function isParagraph(tree: PageTree, node: number): boolean {
  const tag = tree.tag[node] as string;
  if (tag === 'p' || tag === 'pre' || tag === 'td') return true;
  if (tag !== 'div' && tag !== 'section' && tag !== 'blockquote' && tag !== 'article' && tag !== 'center')
    return false;
  const end = tree.end[node] as number;
  for (let child = node + 1; child < end; child = tree.end[child] as number) {
    if (tree.tag[child] === '#text' && (tree.text[child] as string).trim().length > 20) return true;
  }
  return false;
}
