/**
 * Subtrees of a page → blocks: headings, paragraphs, nested lists, tables, code, quotes, formulas, and the
 * text that they make, line by line.
 */
import { knownNames, nameNumber } from '../html/element-names.js';
import { codeLanguage, isLineNumbers, preformattedTags, preformattedText } from './code-block.js';
import { standsApart } from './cut-blocks.js';
import { blockTags, headingTags, tags } from './html-tags.js';
import type { ContentBlock, TextRun } from './page-blocks.js';
import type { PageTree } from './page-tree.js';
import { isDataTable, TableBuilder } from './table-builder.js';
import { TextLines } from './text-lines.js';
import { collapseRuns, textOfRuns } from './text-runs.js';

/** What an element is in the content. */
const partOf = { block: 1, break: 2, formula: 3, link: 4, code: 5, preformatted: 6, table: 7, control: 8 };
/** By the number of a name; 0: nothing. */
const parts = new Uint8Array(knownNames + 1);
for (const [part, names] of [
  [partOf.block, blockTags],
  [partOf.control, tags('button label')],
  [partOf.table, tags('table')],
  [partOf.preformatted, preformattedTags],
  [partOf.code, tags('code kbd samp tt')],
  [partOf.link, tags('a')],
  [partOf.formula, tags('math')],
  [partOf.break, tags('br')],
] as const)
  for (const name of names) parts[nameNumber(name)] = part;

const containerTags = tags('ul ol menu dir li blockquote');

/** Lists and quotes deeper than this stand in the one around them. */
const deepestContainer = 16;

const noRuns: readonly TextRun[] = [];

type List = Extract<ContentBlock, { readonly type: 'list' }>;

interface Frame {
  /** Index after the element. */
  readonly end: number;
  /** What is open again behind it; undefined for elements that only end a line. */
  readonly target: ContentBlock[] | undefined;
  readonly list: List | undefined;
  /** Of a list, while its last item is open. */
  readonly items: ContentBlock[][] | undefined;
  readonly level: number;
  readonly lines: TextLines;
  readonly deferred: TextLines | undefined;
}

/**
 * What is wanted: the text alone, blocks with their texts, or with their runs, which say what is a link or
 * code. Each takes several times the memory of the one before.
 */
export type ContentDetail = 'text' | 'blocks' | 'runs';

export interface BuiltContent {
  /** Without meaning where the text alone is wanted. */
  readonly blocks: readonly ContentBlock[];
  readonly text: string;
}

/** The content of the given subtrees (in document order) without the discarded nodes. */
export function buildContent(
  tree: PageTree,
  roots: readonly number[],
  discarded: Uint8Array,
  detail: ContentDetail,
): BuiltContent {
  const builder = new BlockBuilder(tree, discarded, detail);
  for (const root of roots) builder.add(root);
  return { blocks: builder.blocks, text: builder.text() };
}

class BlockBuilder {
  readonly blocks: ContentBlock[] = [];
  #lines = new TextLines();
  /** What stands in the open list and in no item of it: it comes behind the list. */
  #deferred: TextLines | undefined;
  readonly #keepsBlocks: boolean;
  readonly #plain: boolean;
  /** Of the open containers; where the text alone is wanted, the last block of each. */
  #target = this.blocks;
  /** The blocks of the item that was opened last. */
  #item: ContentBlock[] | undefined;
  /** The list whose items are open or may follow. */
  #list: List | undefined;
  /** Of the open heading; 0 outside. */
  #level = 0;
  #depth = 0;
  readonly #frames: Frame[] = [];
  #runs: TextRun[] = [];
  #linkEnd = 0;
  #link: string | undefined;
  #codeEnd = 0;

  constructor(
    readonly tree: PageTree,
    readonly discarded: Uint8Array,
    detail: ContentDetail,
  ) {
    this.#keepsBlocks = detail !== 'text';
    this.#plain = detail !== 'runs';
  }

  add(root: number): void {
    const { tree, discarded } = this;
    const end = tree.end[root]!;
    for (let node = root; node < end; node++) {
      this.#closeBefore(node);
      if (discarded[node] === 1) {
        if (standsApart(tree, node)) this.#flush();
        node = tree.end[node]! - 1;
        continue;
      }
      const name = tree.name[node]!;
      if (name < 0) {
        if (node > 0) this.#text(tree.textOf(node), node);
        continue;
      }
      const part = parts[name]!;
      if (part === 0) continue;
      if (part === partOf.break) this.#runs.push({ text: '\n', kind: 'break' });
      else if (part === partOf.formula) {
        this.#runs.push({ text: tree.textOf(node + 1), kind: 'formula', link: this.#linkAt(node) });
        node = tree.end[node]! - 1;
      } else if (part === partOf.link) this.#openLink(node);
      else if (part === partOf.code) this.#codeEnd = Math.max(this.#codeEnd, tree.end[node]!);
      else if (part === partOf.preformatted) {
        this.#code(node);
        node = tree.end[node]! - 1;
      } else if (part === partOf.table && isDataTable(tree, node, discarded)) {
        this.#table(node);
        node = tree.end[node]! - 1;
      } else if (part !== partOf.control || standsApart(tree, node)) this.#open(node, tree.tagOf(node));
    }
    this.#closeBefore(end);
    this.#flush();
  }

  text(): string {
    return this.#lines.text();
  }

  #closeBefore(node: number): void {
    const frames = this.#frames;
    for (let frame = frames[frames.length - 1]; frame !== undefined && node >= frame.end; ) {
      this.#flush();
      frames.pop();
      this.#level = frame.level;
      if (frame.target !== undefined) {
        // An array that grew has room for 16 more, which a list of 100,000 items pays for.
        if (frame.items !== undefined) frame.items[frame.items.length - 1] = this.#target.slice();
        if (this.#deferred !== undefined) this.#lines.append(this.#deferred);
        this.#target = frame.target;
        this.#list = frame.list;
        this.#lines = frame.lines;
        this.#deferred = frame.deferred;
        this.#depth--;
      }
      frame = frames[frames.length - 1];
    }
  }

  #open(node: number, tag: string): void {
    this.#flush();
    const end = this.tree.end[node]!;
    const level = this.#level;
    if (this.#depth < deepestContainer && containerTags.has(tag)) {
      const [target, list, lines] = [this.#target, this.#list, this.#lines];
      if (list !== undefined && tag !== 'li') this.#lines = this.#behindList();
      const deferred = this.#deferred;
      this.#deferred = undefined;
      const items = this.#openContainer(node, tag);
      this.#frames.push({ end, target, list, items, level, lines, deferred });
      this.#depth++;
      return;
    }
    const [lines, deferred] = [this.#lines, this.#deferred];
    this.#frames.push({ end, target: undefined, list: undefined, items: undefined, level, lines, deferred });
    if (headingTags.has(tag)) this.#level = tag.charCodeAt(1) - 48;
  }

  /** The items of the list that an `li` is added to. */
  #openContainer(node: number, tag: string): ContentBlock[][] | undefined {
    if (tag === 'li') {
      const list = this.#list ?? this.#impliedList();
      const item: ContentBlock[] = [];
      this.#item = item;
      this.#target = item;
      this.#list = undefined;
      if (!this.#keepsBlocks) return undefined;
      list.items.push(item);
      return list.items;
    }
    if (tag === 'blockquote') {
      const blocks: ContentBlock[] = [];
      this.#put({ type: 'quote', blocks });
      this.#target = blocks;
      this.#list = undefined;
    } else this.#list = this.#newList(tag === 'ol', Number(this.tree.attribute(node, 'start') ?? 1), false);
    return undefined;
  }

  #put(block: ContentBlock): void {
    const target = this.#target;
    const lines = this.#list === undefined ? this.#lines : this.#behindList();
    lines.add(block, target === this.#item && target.length === 0);
    if (this.#keepsBlocks) target.push(block);
    else target[0] = block;
  }

  #behindList(): TextLines {
    this.#deferred ??= new TextLines();
    return this.#deferred;
  }

  #newList(ordered: boolean, start: number, implied: boolean): List {
    const first = Number.isSafeInteger(start) && start >= 0 && start < 1e9 ? start : 1;
    const list: List = { type: 'list', ordered, start: first, implied, items: [] };
    this.#put(list);
    return list;
  }

  /** For an item that no list holds: the one that the item before it began. */
  #impliedList(): List {
    const last = this.#target[this.#target.length - 1];
    return last?.type === 'list' && last.implied ? last : this.#newList(false, 1, true);
  }

  #openLink(node: number): void {
    if (this.#plain || node < this.#linkEnd || this.tree.fragment.has(node)) return;
    const link = this.tree.attribute(node, 'href')?.trim();
    if (link === undefined || link === '' || /^(?:javascript|data|vbscript):/i.test(link)) return;
    this.#linkEnd = this.tree.end[node]!;
    this.#link = link;
  }

  #linkAt(node: number): string | undefined {
    return node < this.#linkEnd ? this.#link : undefined;
  }

  #text(text: string, node: number): void {
    const link = this.#linkAt(node);
    const kind = !this.#plain && node < this.#codeEnd ? 'code' : undefined;
    const last = this.#runs[this.#runs.length - 1];
    if (last !== undefined && last.kind === kind && last.link === link && this.#runs.length > 0)
      this.#runs[this.#runs.length - 1] = { text: last.text + text, kind, link };
    else this.#runs.push({ text, kind, link });
  }

  #code(node: number): void {
    this.#flush();
    const text = preformattedText(this.tree, node, this.discarded);
    if (text === '' || isLineNumbers(text)) return;
    this.#put({ type: 'code', text, language: codeLanguage(this.tree, node) });
  }

  #table(node: number): void {
    this.#flush();
    const { caption, rows } = new TableBuilder(this.tree, this.discarded, this.#plain).build(node);
    if (caption.length > 0) {
      this.#runs = [...caption];
      this.#flush();
    }
    if (rows.length > 0) this.#put({ type: 'table', rows: [...rows] });
  }

  /** Ends the paragraph or heading that is open. Two line breaks end one, too. */
  #flush(): void {
    if (this.#runs.length === 0) return;
    const runs = this.#runs;
    this.#runs = [];
    let start = 0;
    for (let at = 0; at < runs.length; at++) {
      if (runs[at]!.kind !== 'break') continue;
      let next = at + 1;
      let breaks = 1;
      while (next < runs.length && (runs[next]!.kind === 'break' || runs[next]!.text.trim() === '')) {
        if (runs[next]!.kind === 'break') breaks++;
        next++;
      }
      if (breaks > 1) {
        this.#paragraph(runs.slice(start, at));
        start = next;
      }
      at = next - 1;
    }
    this.#paragraph(start === 0 ? runs : runs.slice(start));
  }

  #paragraph(all: readonly TextRun[]): void {
    const runs = withoutScraps(collapseRuns(all));
    const text = textOfRuns(runs);
    if (text === '') return;
    const only = runs.length === 1 ? runs[0]! : undefined;
    if (this.#level > 0) {
      const line = runs.map((run) => (run.kind === 'break' ? { text: ' ' } : run));
      this.#put({
        type: 'heading',
        level: this.#level,
        text: textOfRuns(line),
        runs: this.#plain ? noRuns : line,
      });
    } else if (only?.kind === 'formula' && only.text.startsWith('\\['))
      this.#put({ type: 'formula', text: only.text.slice(2, -2) });
    else this.#put({ type: 'paragraph', text, runs: this.#plain ? noRuns : runs });
  }
}

/** Without the lines that are scraps of a template. */
function withoutScraps(runs: readonly TextRun[]): readonly TextRun[] {
  const kept: TextRun[] = [];
  let line: TextRun[] = [];
  const end = (): void => {
    const text = textOfRuns(line);
    if (text !== '' && text !== '|') {
      if (kept.length > 0) kept.push({ text: '\n', kind: 'break' });
      for (const run of line) kept.push(run);
    }
    line = [];
  };
  for (const run of runs) {
    if (run.kind === 'break') end();
    else line.push(run);
  }
  end();
  return kept;
}
