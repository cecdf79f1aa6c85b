import { buildContent } from './block-builder.js';
import type { PageTree } from './page-tree.js';

/** The text of the given subtrees (in document order) without the discarded nodes. */
export function renderText(tree: PageTree, roots: readonly number[], discarded: Uint8Array): string {
  return buildContent(tree, roots, discarded, 'text').text;
}
