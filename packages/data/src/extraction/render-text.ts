/**
 * Subtrees → lines of text: a line a paragraph, heading or list item (`- item`), a line a table row (`a |
 * b`), code with its own line breaks. Inline white space is collapsed as a browser does.
 */
import { blockTags } from './html-tags.js';
import type { PageTree } from './page-tree.js';
import { isScrapLine } from './scrap-lines.js';

/** Renders the given subtrees (in document order) without the discarded nodes. */
export function renderText(tree: PageTree, roots: readonly number[], discarded: Uint8Array): string {
  const writer = new LineWriter();
  /** Ends of the open blocks, innermost last. */
  const open: number[] = [];
  for (const root of roots) {
    const end = tree.end[root]!;
    for (let node = root; node < end; node++) {
      while (open.length > 0 && node >= open[open.length - 1]!) {
        writer.endLine();
        if (open.pop() === writer.preformattedEnd) writer.preformattedEnd = 0;
      }
      if (discarded[node] === 1) {
        node = tree.end[node]! - 1;
        continue;
      }
      const tag = tree.tag[node]!;
      if (tag === '#text') writer.text(tree.text[node]!);
      else if (tag === 'br') writer.endLine();
      else if (tag === 'td' || tag === 'th') writer.nextCell();
      else if (blockTags.has(tag)) {
        writer.endLine();
        writer.prefix = tag === 'li' ? '- ' : writer.prefix;
        if (tag === 'pre') writer.preformattedEnd = tree.end[node]!;
        open.push(tree.end[node]!);
      }
    }
    writer.endLine();
    writer.prefix = '';
    writer.preformattedEnd = 0;
    open.length = 0;
  }
  return writer.lines.join('\n');
}

class LineWriter {
  readonly lines: string[] = [];
  /** Written before the next line. */
  prefix = '';
  /** Index after the open `pre`, or 0. */
  preformattedEnd = 0;
  #line = '';

  text(text: string): void {
    if (this.preformattedEnd === 0) {
      this.#line += text;
      return;
    }
    const rows = text.split('\n');
    for (let row = 0; row < rows.length; row++) {
      if (row > 0) this.endLine();
      this.#line += rows[row]!;
    }
  }

  nextCell(): void {
    if (this.#line.trim() !== '') this.#line += ' | ';
  }

  endLine(): void {
    if (this.#line === '') return;
    if (this.preformattedEnd > 0) {
      const code = this.#line.trimEnd();
      if (code !== '') this.lines.push(code);
    } else {
      const text = this.#line.replace(/[ \t\n\r\f\v\u00a0]+/g, ' ').trim();
      if (text !== '' && text !== '|' && !isScrapLine(text)) {
        this.lines.push(this.prefix + text);
        this.prefix = '';
      }
    }
    this.#line = '';
  }
}
