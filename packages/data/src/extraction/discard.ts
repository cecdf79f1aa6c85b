/** Marks the subtrees that are boilerplate by element, role, visibility or name. */
import { isArticleBody, isBoilerplateRole, looksLikeBoilerplate } from './cues.js';
import type { PageTree } from './page-tree.js';

/** One byte a node: 1 = discarded. Whole subtrees are marked. */
export function discardBoilerplate(tree: PageTree, byName: boolean): Uint8Array {
  const discarded = new Uint8Array(tree.size);
  for (let node = 1; node < tree.size; node++) {
    if (discarded[node] === 1) {
      node = (tree.end[node] as number) - 1;
      continue;
    }
    if (isBoilerplate(tree, node, byName)) {
      discarded.fill(1, node, tree.end[node]);
      node = (tree.end[node] as number) - 1;
    }
  }
  return discarded;
}

function isBoilerplate(tree: PageTree, node: number, byName: boolean): boolean {
  const tag = tree.tag[node] as string;
  if (tag === '#text' || tag === 'html' || tag === 'body') return false;
  if (tag === 'nav' || tag === 'footer' || tag === 'aside') return true;
  if (tree.hidden.has(node)) return true;
  if (!byName) return false;
  if (isBoilerplateRole(tree.role.get(node))) return true;
  const cue = tree.cue[node] as string;
  if (tag === 'article' || tag === 'main' || tag === 'p' || tag === 'a' || tag === 'pre' || tag === 'code')
    return false;
  return looksLikeBoilerplate(cue) && !isArticleBody(cue);
}
