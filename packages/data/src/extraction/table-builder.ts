/** A table of data → rows of cells. Tables that lay out a page are no tables here: their cells are blocks. */
import { collapsedLength } from './collapsed-length.js';
import { blockTags, headingTags, tags } from './html-tags.js';
import type { TableCell, TextRun } from './page-blocks.js';
import type { PageTree } from './page-tree.js';
import { collapseRuns, textOfRuns } from './text-runs.js';

/** What stands in the cells of a layout, not of data. */
const layoutTags = tags('table pre article section form main nav aside blockquote hr listing xmp');
const codeTags = tags('code kbd samp tt');
/** Longer cells hold text that is read on its own. */
const longestCell = 700;
const mostColumns = 100;

/** Whether the cells of a table belong together in rows. */
export function isDataTable(tree: PageTree, table: number, discarded: Uint8Array): boolean {
  const role = tree.role.get(table);
  if (role === 'presentation' || role === 'none') return false;
  const end = tree.end[table]!;
  let rows = 0;
  let cells = 0;
  let cellEnd = 0;
  let length = 0;
  for (let node = table + 1; node < end; node++) {
    if (discarded[node] === 1) {
      node = tree.end[node]! - 1;
      continue;
    }
    const tag = tree.tagOf(node);
    if (tag === '#text') {
      if (node >= cellEnd) continue;
      length += collapsedLength(tree.textOf(node));
      if (length > longestCell) return false;
    } else if (tag === 'tr') rows++;
    else if (tag === 'td' || tag === 'th') {
      cells++;
      cellEnd = tree.end[node]!;
      length = 0;
    } else if (layoutTags.has(tag)) return false;
    else if (headingTags.has(tag) && node < cellEnd && tree.tagOf(tree.parent[node]!) !== 'th') return false;
  }
  return rows > 0 && cells > rows;
}

export interface Row {
  readonly header: boolean;
  readonly cells: TableCell[];
}

const noRuns: readonly TextRun[] = [];
const emptyCell: TableCell = { runs: noRuns, text: '' };

export class TableBuilder {
  readonly #rows: Row[] = [];
  #caption: TextRun[] = [];
  /** By column: rows that a cell above still reaches into. */
  #reaching: number[] = [];
  #cells: TableCell[] = [];
  #headers = 0;

  constructor(
    readonly tree: PageTree,
    readonly discarded: Uint8Array,
    /** Without the runs of cells. */
    readonly plain: boolean,
  ) {}

  build(table: number): { readonly caption: readonly TextRun[]; readonly rows: readonly Row[] } {
    const { tree } = this;
    const end = tree.end[table]!;
    let rowEnd = 0;
    for (let node = table + 1; node < end; node++) {
      if (rowEnd > 0 && node >= rowEnd) {
        this.#endRow();
        rowEnd = 0;
      }
      if (this.discarded[node] === 1) {
        node = tree.end[node]! - 1;
        continue;
      }
      const tag = tree.tagOf(node);
      if (tag === 'tr') rowEnd = tree.end[node]!;
      else if (tag === 'caption' || tag === 'td' || tag === 'th') {
        const runs = collapseRuns(this.#runs(node));
        if (tag === 'caption') this.#caption = runs;
        else this.#addCell(node, tag, runs);
        node = tree.end[node]! - 1;
      }
    }
    if (rowEnd > 0) this.#endRow();
    return { caption: this.#caption, rows: this.#rows };
  }

  /** The text of a cell; blocks in it are set apart by a blank. */
  #runs(cell: number): TextRun[] {
    const { tree } = this;
    const runs: TextRun[] = [];
    const ends: number[] = [];
    let linkEnd = 0;
    let link: string | undefined;
    let codeEnd = 0;
    for (let node = cell + 1; node < tree.end[cell]!; node++) {
      while (ends.length > 0 && node >= ends[ends.length - 1]!) {
        ends.pop();
        runs.push({ text: ' ' });
      }
      if (this.discarded[node] === 1) {
        node = tree.end[node]! - 1;
        continue;
      }
      const tag = tree.tagOf(node);
      const at = node < linkEnd ? link : undefined;
      if (tag === '#text')
        runs.push({
          text: tree.textOf(node),
          kind: !this.plain && node < codeEnd ? 'code' : undefined,
          link: at,
        });
      else if (tag === 'br') runs.push({ text: ' ' });
      else if (tag === 'math') {
        runs.push({ text: tree.textOf(node + 1), kind: 'formula', link: at });
        node = tree.end[node]! - 1;
      } else if (tag === 'a') {
        if (this.plain || node < linkEnd || tree.fragment.has(node)) continue;
        link = tree.attribute(node, 'href')?.trim();
        if (link !== undefined && link !== '' && !/^(?:javascript|data|vbscript):/i.test(link))
          linkEnd = tree.end[node]!;
      } else if (codeTags.has(tag)) codeEnd = Math.max(codeEnd, tree.end[node]!);
      else if (blockTags.has(tag)) {
        runs.push({ text: ' ' });
        ends.push(tree.end[node]!);
      }
    }
    return runs;
  }

  #addCell(node: number, tag: string, runs: readonly TextRun[]): void {
    this.#skipReached();
    if (tag === 'th') this.#headers++;
    const span = (name: string): number =>
      Math.min(Math.max(1, Math.trunc(Number(this.tree.attribute(node, name) ?? 1)) || 1), mostColumns);
    const columns = span('colspan');
    const rows = span('rowspan');
    for (let at = 0; at < columns && this.#cells.length < mostColumns; at++) {
      this.#reaching[this.#cells.length] = rows - 1;
      this.#cells.push(at === 0 ? { runs: this.plain ? noRuns : runs, text: textOfRuns(runs) } : emptyCell);
    }
  }

  /** Columns that a cell of an earlier row fills. */
  #skipReached(): void {
    while ((this.#reaching[this.#cells.length] ?? 0) > 0) {
      this.#reaching[this.#cells.length]!--;
      this.#cells.push(emptyCell);
    }
  }

  #endRow(): void {
    this.#skipReached();
    const filled = this.#cells.filter((cell) => cell.text !== '').length;
    if (filled > 0)
      this.#rows.push({ header: this.#headers > 0 && this.#headers >= filled, cells: this.#cells.slice() });
    this.#cells = [];
    this.#headers = 0;
  }
}
