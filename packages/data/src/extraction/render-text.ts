/**
 * Blocks → lines of text: a line a paragraph, heading or list item (`- item`), a line a table row (`a | b`),
 * code with its own lines.
 */
import { buildBlocks, rowText } from './block-builder.js';
import type { ContentBlock } from './page-blocks.js';
import type { PageTree } from './page-tree.js';

/** The text of the given subtrees (in document order) without the discarded nodes. */
export function renderText(tree: PageTree, roots: readonly number[], discarded: Uint8Array): string {
  return textOfBlocks(buildBlocks(tree, roots, discarded));
}

export function textOfBlocks(blocks: readonly ContentBlock[]): string {
  const lines: string[] = [];
  writeBlocks(blocks, lines);
  return lines.join('\n');
}

function writeBlocks(blocks: readonly ContentBlock[], lines: string[]): void {
  for (const block of blocks) {
    if (block.type === 'quote') writeBlocks(block.blocks, lines);
    else if (block.type === 'table') for (const row of block.rows) lines.push(rowText(row.cells));
    else if (block.type === 'formula') lines.push(`\\[${block.text}\\]`);
    else if (block.type === 'list')
      for (const item of block.items) {
        const at = lines.length;
        writeBlocks(item, lines);
        const first = item[0]?.type;
        // Code and inner lists have no marker of the item they stand in.
        if (first === 'paragraph' || first === 'heading') lines[at] = `- ${lines[at]}`;
      }
    else lines.push(block.text);
  }
}
