/** The content of a page as blocks: what the text and the Markdown of a page are written from. */

/** A run of text within a block. */
export interface TextRun {
  readonly text: string;
  /** `code`: of `code`, `kbd`, `samp`; `formula`: TeX with its delimiters; `break`: the end of a line. */
  readonly kind?: 'code' | 'formula' | 'break' | undefined;
  /** Where the link that it is part of leads, as it is written. */
  readonly link?: string | undefined;
}

export interface TableCell {
  readonly runs: readonly TextRun[];
  readonly text: string;
}

export type ContentBlock =
  | {
      readonly type: 'heading';
      readonly level: number;
      readonly text: string;
      readonly runs: readonly TextRun[];
    }
  | { readonly type: 'paragraph'; readonly text: string; readonly runs: readonly TextRun[] }
  | { readonly type: 'code'; readonly text: string; readonly language: string | undefined }
  /** TeX without delimiters. */
  | { readonly type: 'formula'; readonly text: string }
  | { readonly type: 'quote'; readonly blocks: ContentBlock[] }
  | {
      readonly type: 'list';
      readonly ordered: boolean;
      readonly start: number;
      /** Of `li` elements without a list around them. */
      readonly implied: boolean;
      readonly items: ContentBlock[][];
    }
  | {
      readonly type: 'table';
      readonly rows: { readonly header: boolean; readonly cells: TableCell[] }[];
    };

export interface PageLink {
  readonly text: string;
  readonly url: string;
}

/**
 * A block as `extractText` gives it. `text` has no line breaks but those of the page (`<br>`, code). `links`
 * only where they were asked for.
 */
export type PageBlock =
  | {
      readonly type: 'heading';
      /** 1…6. */
      readonly level: number;
      readonly text: string;
      readonly links?: readonly PageLink[] | undefined;
    }
  | { readonly type: 'paragraph'; readonly text: string; readonly links?: readonly PageLink[] | undefined }
  | { readonly type: 'code'; readonly text: string; readonly language?: string | undefined }
  /** TeX without delimiters, a formula that stands on its own. Others are `\(TeX\)` in their paragraph. */
  | { readonly type: 'formula'; readonly text: string }
  | { readonly type: 'quote'; readonly blocks: readonly PageBlock[] }
  | {
      readonly type: 'list';
      readonly ordered: boolean;
      /** Number of the first item of an ordered list. */
      readonly start: number;
      readonly items: readonly (readonly PageBlock[])[];
    }
  | {
      readonly type: 'table';
      /** Texts of the cells, row by row. */
      readonly rows: readonly (readonly string[])[];
      /** How many rows at the top are of header cells. */
      readonly headerRows: number;
      readonly links?: readonly PageLink[] | undefined;
    };

/** The blocks as plain objects. `resolve`: the whole URL of a link, or undefined to leave it out. */
export function toPageBlocks(
  blocks: readonly ContentBlock[],
  resolve: ((link: string) => string | undefined) | undefined,
): PageBlock[] {
  const linksOf = (runs: readonly TextRun[]): { links?: PageLink[] } => {
    if (resolve === undefined) return {};
    const links: PageLink[] = [];
    for (const { text, url } of linkedRuns(runs)) {
      const whole = url === undefined ? undefined : resolve(url);
      if (whole !== undefined) links.push({ text, url: whole });
    }
    return { links };
  };
  return blocks.map((block): PageBlock => {
    switch (block.type) {
      case 'heading':
        return { type: 'heading', level: block.level, text: block.text, ...linksOf(block.runs) };
      case 'paragraph':
        return { type: 'paragraph', text: block.text, ...linksOf(block.runs) };
      case 'quote':
        return { type: 'quote', blocks: toPageBlocks(block.blocks, resolve) };
      case 'list':
        return {
          type: 'list',
          ordered: block.ordered,
          start: block.start,
          items: block.items.map((item) => toPageBlocks(item, resolve)),
        };
      case 'table': {
        let headerRows = 0;
        while (block.rows[headerRows]?.header === true) headerRows++;
        return {
          type: 'table',
          rows: block.rows.map((row) => row.cells.map((cell) => cell.text)),
          headerRows,
          ...linksOf(block.rows.flatMap((row) => row.cells.flatMap((cell) => cell.runs))),
        };
      }
      default:
        return block;
    }
  });
}

/** Runs next to each other that lead to the same place, together. */
function* linkedRuns(runs: readonly TextRun[]): Iterable<{ text: string; url: string | undefined }> {
  for (let at = 0; at < runs.length; ) {
    const url = runs[at]!.link;
    let text = '';
    for (; at < runs.length && runs[at]!.link === url; at++) text += runs[at]!.text;
    yield { text: text.trim(), url };
  }
}
