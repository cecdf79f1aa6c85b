/** Finds the element that holds the main text: the one of greatest weight, or one near it named so. */
import { cueOf } from './cues.js';
import { tags } from './html-tags.js';
import type { PageTree } from './page-tree.js';
import { sumOf, type TextBlocks } from './text-blocks.js';

const containers = tags('div section article main td body form center details fieldset');

/** The document itself when the page has no prose. */
export function findContentRoot(tree: PageTree, blocks: TextBlocks, discarded: Uint8Array): number {
  let root = 0;
  let best = 0;
  for (let node = 1; node < tree.size; node++) {
    if (discarded[node] === 1) {
      node = tree.end[node]! - 1;
      continue;
    }
    if (tree.tag[node] === '#text') continue;
    const weight = sumOf(blocks.weight, tree, node);
    // The deepest of equals: `>=` moves down to the only child that matters.
    if (weight >= best && weight > 0) {
      best = weight;
      root = node;
    }
  }
  // A paragraph alone is no container: the text is what stands beside it, too.
  while (root > 0 && !containers.has(tree.tag[root]!)) root = tree.parent[root]!;
  if (root === 0) return 0;
  return namedInside(tree, blocks, discarded, root) ?? namedAround(tree, blocks, root) ?? root;
}

function isNamed(tree: PageTree, node: number): boolean {
  const tag = tree.tag[node]!;
  if (tag === '#text') return false;
  return (
    tag === 'article' ||
    tag === 'main' ||
    tree.itemprop.get(node) === 'articlebody' ||
    cueOf(tree.cue[node]!) === 'content'
  );
}

/** The weightiest container by name that holds most of the prose of `root`. */
function namedInside(
  tree: PageTree,
  blocks: TextBlocks,
  discarded: Uint8Array,
  root: number,
): number | undefined {
  const least = 0.7 * sumOf(blocks.prose, tree, root);
  let found: number | undefined;
  let best = 0;
  for (let node = root; node < tree.end[root]!; node++) {
    if (discarded[node] === 1) {
      node = tree.end[node]! - 1;
      continue;
    }
    if (!isNamed(tree, node) || sumOf(blocks.prose, tree, node) < least) continue;
    const weight = sumOf(blocks.weight, tree, node);
    if (weight >= best) {
      best = weight;
      found = node;
    }
  }
  return found;
}

/** The nearest container by name around `root`, unless it brings more links than text along. */
function namedAround(tree: PageTree, blocks: TextBlocks, root: number): number | undefined {
  const weight = sumOf(blocks.weight, tree, root);
  for (let node = tree.parent[root]!; node > 0; node = tree.parent[node]!) {
    if (tree.tag[node] === 'body') return undefined;
    if (isNamed(tree, node)) return sumOf(blocks.weight, tree, node) >= 0.5 * weight ? node : undefined;
  }
  return undefined;
}

const leadNames =
  /(?:^|[\s_-])(?:lead|lede|intro|introduction|einleitung|vorspann|standfirst|excerpt|summary|abstract|bajada|chapo|chapeau|dek|deck|subtitle|sub-?title|sub-?headline|subheading|sous-titre|teaser-?text|anleser|sottotitolo|entradilla|ingress)(?:$|[\s_-])/;

/**
 * Elements before the root that introduce it: a lead or a summary that the template sets beside the body.
 * Looked for among the earlier siblings of the root and of its ancestors, up to the article or main element.
 */
export function findLeads(tree: PageTree, blocks: TextBlocks, discarded: Uint8Array, root: number): number[] {
  const leads: number[] = [];
  for (let inner = root; inner > 0; inner = tree.parent[inner]!) {
    const tag = tree.tag[inner]!;
    if (tag === 'article' || tag === 'main' || tag === 'body') break;
    for (let node = tree.parent[inner]! + 1; node < inner; ) {
      const end = tree.end[node]!;
      const characters = discarded[node] === 1 ? 0 : sumOf(blocks.characters, tree, node);
      if (characters < 60) node = end;
      else if (isLead(tree, blocks, node, characters)) {
        leads.push(node);
        node = end;
      } else node++;
    }
  }
  return leads.sort((a, b) => a - b);
}

function isLead(tree: PageTree, blocks: TextBlocks, node: number, characters: number): boolean {
  const named = leadNames.test(tree.cue[node]!) || tree.itemprop.get(node) === 'description';
  return named && characters < 1200 && sumOf(blocks.linkCharacters, tree, node) < 0.3 * characters;
}
