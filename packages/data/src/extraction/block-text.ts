import type { TextBlocks } from './cut-blocks.js';
import type { PageTree } from './page-tree.js';

/** The text of a block, white space collapsed. */
export function blockText(tree: PageTree, blocks: TextBlocks, block: number): string {
  let text = '';
  const end = block + 1 < blocks.count ? blocks.first[block + 1]! : tree.size;
  for (let node = blocks.first[block]!; node < end; node++) {
    if (blocks.blockOf[node] === block) text += tree.textOf(node);
  }
  return text.replace(/\s+/g, ' ').trim();
}
