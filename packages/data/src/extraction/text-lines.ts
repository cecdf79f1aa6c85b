/**
 * Blocks → lines of text: a line a paragraph, heading or list item (`- item`), a line a table row (`a | b`),
 * code with its own lines.
 */
import type { ContentBlock, TableCell } from './page-blocks.js';

/** So many lines become one text: a page may have half a million of them. */
const linesTogether = 1024;

export class TextLines {
  readonly #texts: string[] = [];
  #lines: string[] = [];

  /** Adds a block that holds no other; `isItem`: as what an item of a list begins with. */
  add(block: ContentBlock, isItem: boolean): void {
    if (block.type === 'table') for (const row of block.rows) this.#add(rowText(row.cells));
    else if (block.type === 'formula') this.#add(`\\[${block.text}\\]`);
    // Code and inner lists have no marker of the item they stand in.
    else if (block.type === 'code') this.#add(block.text);
    else if (block.type === 'paragraph' || block.type === 'heading')
      this.#add(isItem ? `- ${block.text}` : block.text);
  }

  #add(line: string): void {
    if (this.#lines.push(line) < linesTogether) return;
    this.#texts.push(this.#lines.join('\n'));
    this.#lines = [];
  }

  /** Adds what others hold. */
  append(others: TextLines): void {
    if (others.#texts.length + others.#lines.length > 0) this.#add(others.text());
  }

  text(): string {
    return [...this.#texts, ...(this.#lines.length > 0 ? [this.#lines.join('\n')] : [])].join('\n');
  }
}

/** The text of a row: its cells that are not empty. */
function rowText(cells: readonly TableCell[]): string {
  return cells
    .map((cell) => cell.text)
    .filter((text) => text !== '')
    .join(' | ');
}
