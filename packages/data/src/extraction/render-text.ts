/**
 * Subtrees → lines of text: a line a paragraph, heading or list item (`- item`), a line a table row (`a | b`), code
 * with its own line breaks. Inline white space is collapsed as a browser does.
 */
import { blockTags } from './html-tags.js';
import type { PageTree } from './page-tree.js';

/** Renders the given subtrees (in document order) without the discarded nodes. */
export function renderText(tree: PageTree, roots: readonly number[], discarded: Uint8Array): string {
  const lines: string[] = [];
  let line = '';
  let preEnd = 0;
  let prefix = '';
  const flush = (): void => {
    const text = line.replace(/[ \t\n\r\f\v\u00a0]+/g, ' ').trim();
    if (text !== '') {
      lines.push(prefix + text);
      prefix = '';
    }
    line = '';
  };
  /** Ends of the open blocks, innermost last. */
  const open: number[] = [];
  for (const root of roots) {
    const end = tree.end[root] as number;
    for (let node = root; node < end; node++) {
      while (open.length > 0 && node >= (open[open.length - 1] as number)) {
        open.pop();
        flush();
      }
      if (discarded[node] === 1) {
        node = (tree.end[node] as number) - 1;
        continue;
      }
      const tag = tree.tag[node] as string;
      if (tag === '#text') {
        const text = tree.text[node] as string;
        if (node < preEnd) {
          const rows = text.split('\n');
          for (let row = 0; row < rows.length; row++) {
            if (row > 0) {
              if (line.trim() !== '') lines.push(line.trimEnd());
              line = '';
            }
            line += rows[row] as string;
          }
        } else line += text;
      } else if (tag === 'br') flush();
      else if (tag === 'td' || tag === 'th') {
        if (line.trim() !== '') line += ' | ';
      } else if (blockTags.has(tag)) {
        const inCell = false;
        if (!inCell) flush();
        if (tag === 'li') prefix = '- ';
        else if (tag === 'pre') preEnd = tree.end[node] as number;
        open.push(tree.end[node] as number);
      }
    }
    open.length = 0;
    flush();
    prefix = '';
  }
  return lines.join('\n');
}
