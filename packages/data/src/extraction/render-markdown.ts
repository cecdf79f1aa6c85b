/**
 * Blocks → Markdown that a CommonMark parser reads back as the same blocks with the same text: ATX headings,
 * nested lists, fenced code with its language, quotes, tables of GitHub Flavored Markdown. Formulas are in
 * GitHub's form that CommonMark leaves alone: `` $`TeX`$ `` and fenced blocks of language `math`. Left out:
 * emphasis and pictures.
 */
import { codeSpan, escapeMarkdown, longestRun } from './markdown-escape.js';
import type { ContentBlock, TableCell, TextRun } from './page-blocks.js';

/** The whole URL of a link, or undefined to write its text alone. */
export type ResolveLink = (link: string) => string | undefined;

export function renderMarkdown(blocks: readonly ContentBlock[], resolve?: ResolveLink): string {
  return new MarkdownWriter(resolve).blocks(blocks).join('\n');
}

type List = Extract<ContentBlock, { readonly type: 'list' }>;

class MarkdownWriter {
  constructor(readonly resolve: ResolveLink | undefined) {}

  /** Lines; blocks are apart by a blank line. */
  blocks(blocks: readonly ContentBlock[]): string[] {
    const lines: string[] = [];
    /** Lists next to each other have different marks, or they would be one. */
    let alternate = false;
    for (const [at, block] of blocks.entries()) {
      const previous = blocks[at - 1];
      alternate = block.type === 'list' && previous?.type === 'list' && !alternate;
      const written = this.#block(block, alternate);
      if (written.length === 0) continue;
      if (lines.length > 0) lines.push('');
      for (const line of written) lines.push(line);
    }
    return lines;
  }

  #block(block: ContentBlock, alternate: boolean): string[] {
    switch (block.type) {
      case 'heading': {
        // Number signs at the end would be taken for part of the mark.
        const line = this.#line(block.runs, false);
        let end = line.length;
        while (line[end - 1] === '#') end--;
        const text = end === line.length ? line : `${line.slice(0, end)}\\${line.slice(end)}`;
        return [`${'#'.repeat(block.level)} ${text}`];
      }
      case 'paragraph':
        return this.#paragraph(block.runs);
      case 'code':
        return fenced(block.text, block.language ?? '');
      case 'formula':
        return fenced(block.text, 'math');
      case 'quote':
        return this.blocks(block.blocks).map((line) => (line === '' ? '>' : `> ${line}`));
      case 'list':
        return this.#list(block, alternate);
      case 'table':
        return this.#table(block.rows);
    }
  }

  #paragraph(runs: readonly TextRun[]): string[] {
    const lines: string[] = [];
    let line: TextRun[] = [];
    for (const run of runs) {
      if (run.kind !== 'break') line.push(run);
      else {
        lines.push(`${this.#line(line, true)}\\`);
        line = [];
      }
    }
    lines.push(this.#line(line, true));
    return lines;
  }

  #list({ ordered, start, items }: List, alternate: boolean): string[] {
    const lines: string[] = [];
    let isTight = true;
    let number = start;
    for (const item of items) {
      if (item.length === 0) continue;
      const content = this.blocks(item);
      if (content.length === 0) continue;
      const mark = ordered ? `${number}${alternate ? ')' : '.'}` : alternate ? '*' : '-';
      number = Math.min(number + 1, 999_999_999);
      const indent = ' '.repeat(mark.length + 1);
      if (lines.length > 0 && !(isTight && content.length === 1)) lines.push('');
      isTight = content.length === 1;
      for (const [at, line] of content.entries())
        lines.push(at === 0 ? `${mark} ${line}` : line === '' ? '' : indent + line);
    }
    return lines;
  }

  #table(rows: readonly { readonly header: boolean; readonly cells: readonly TableCell[] }[]): string[] {
    const columns = rows.reduce((most, row) => Math.max(most, row.cells.length), 0);
    const line = (cells: readonly TableCell[]): string => {
      const texts = Array.from({ length: columns }, (_, at) =>
        this.#line(cells[at]?.runs ?? [], false, true),
      );
      return `| ${texts.join(' | ')} |`;
    };
    // Every table of this kind has one row of headers; it may be empty.
    const hasHeader = rows[0]?.header === true;
    const body = hasHeader ? rows.slice(1) : rows;
    return [
      line(hasHeader ? rows[0]!.cells : []),
      `|${' --- |'.repeat(columns)}`,
      ...body.map((row) => line(row.cells)),
    ];
  }

  #line(runs: readonly TextRun[], atStart: boolean, table = false): string {
    // None is empty. Of 100,000 links in a line each would copy the text before it to look at its end.
    const parts: string[] = [];
    let at = 0;
    while (at < runs.length) {
      const { link } = runs[at]!;
      const url = this.#url(link);
      let inner = '';
      while (
        at < runs.length &&
        (runs[at]!.link === link || (url === undefined && this.#url(runs[at]!.link) === url))
      ) {
        const { kind } = runs[at]!;
        // Runs that are alike once links are left out are one: their marks could be read together.
        let whole = runs[at]!.text;
        while (
          ++at < runs.length &&
          kind !== 'formula' &&
          runs[at]!.kind === kind &&
          this.#url(runs[at]!.link) === url
        )
          whole += runs[at]!.text;
        inner += markdownOf(
          whole,
          kind,
          atStart && parts.length === 0 && inner === '' && url === undefined,
          table,
        );
      }
      // `![` would be a picture.
      const before = parts[parts.length - 1];
      if (url !== undefined && before?.endsWith('!') === true)
        parts[parts.length - 1] = `${before.slice(0, -1)}\\!`;
      const part = url === undefined ? inner : linkTo(inner, url);
      if (part !== '') parts.push(part);
    }
    return parts.join('');
  }

  #url(link: string | undefined): string | undefined {
    return link === undefined ? undefined : this.resolve?.(link);
  }
}

function markdownOf(text: string, kind: TextRun['kind'], atStart: boolean, table: boolean): string {
  if (kind === undefined || kind === 'break') return escapeMarkdown(text, atStart, table);
  const lead = text.startsWith(' ') ? ' ' : '';
  const inner = text.trim();
  if (kind === 'code') return lead + codeSpan(inner, table);
  return `${lead}$${codeSpan(inner.slice(2, -2), table)}$`;
}

/** White space stays outside of the brackets. */
function linkTo(text: string, url: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const lead = text.startsWith(' ') ? ' ' : '';
  const tail = text.endsWith(' ') ? ' ' : '';
  const target = url
    .replace(/[\s<>\\]/g, (character) => encodeURIComponent(character))
    .replace(/&(?=#?\w+;)/g, '%26');
  return `${lead}[${inner}](${/[()]/.test(target) ? `<${target}>` : target})${tail}`;
}

function fenced(text: string, language: string): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1));
  return [`${fence}${language}`, ...text.split('\n'), fence];
}
