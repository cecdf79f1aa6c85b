/**
 * Text that no person reads: addresses and identifiers that a template wrote out, each a block of its own
 * without a blank in it. Links, code, cells of a table and formulas (a backslash) are left alone.
 */
import { blockText } from './block-text.js';
import { type ElementContext, insideBits } from './element-context.js';
import type { PageTree } from './page-tree.js';
import type { TextBlocks } from './text-blocks.js';

/** Characters: words of people are shorter. */
const leastToken = 30;
/** Without signs and digits. */
const longToken = 60;
const colon = 58;

/** Machine text is marked as not kept, and so is what only names it: `thumbnail_large:`. */
export function leaveOutMachineText(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  kept: Uint8Array,
): void {
  for (let block = 0; block < blocks.count; block++) {
    if (kept[block] === 0 || blocks.length[block]! < leastToken || blocks.linked[block]! > 0) continue;
    const signs = blocks.digits[block]! + blocks.symbols[block]!;
    if (blocks.length[block]! < longToken && 5 * signs < blocks.length[block]!) continue;
    if ((context.inside[blocks.element[block]!]! & (insideBits.code | insideBits.cell)) !== 0) continue;
    if (!/^[!-[\]-~]{30,}$/.test(blockText(tree, blocks, block))) continue;
    kept[block] = 0;
    const before = block - 1;
    if (before < 0 || blocks.lastCharacter[before] !== colon || blocks.words[before]! > 5) continue;
    if (tree.parent[blocks.element[before]!] === tree.parent[blocks.element[block]!]) kept[before] = 0;
  }
}
