/**
 * Main text of a web page: the page is cut into blocks, a small learned model says of each how likely it is
 * content, and what is chosen is written out. The posts of a thread are content, comments below an article
 * are where they are asked for.
 */

import { LlmError } from '@llm/core';
import { linkResolver } from '../metadata/page-links.js';
import { type PageMetadata, readMetadata } from '../metadata/page-metadata.js';
import { checkOptions, type OptionKinds } from '../page/check-options.js';
import type { Verdict } from '../page/verdict.js';
import { type ExtractionMode, extractionModes } from './choose-content.js';
import { mainContent } from './main-content.js';
import { type PageBlock, toPageBlocks } from './page-blocks.js';
import { type PageTree, type ParseLimits, parsePage } from './page-tree.js';
import { renderMarkdown } from './render-markdown.js';

export interface ExtractOptions extends ParseLimits {
  /** Longer pages are not parsed: the reason is `timeout`. UTF-16 units; default 16 Mi. */
  readonly maxCharacters?: number | undefined;
  /**
   * `text` (default): a line a paragraph, heading, item (`- item`) or row (`a | b`). `markdown`: CommonMark
   * and tables of GitHub. `blocks`: the plain text, and beside it the blocks that it was written from.
   */
  readonly format?: 'text' | 'markdown' | 'blocks' | undefined;
  /** Keep where links lead, in Markdown and blocks. Default false. */
  readonly links?: boolean | undefined;
  /** `precision`: less that is wrong; `recall`: less that is missed. Default `balanced`. */
  readonly mode?: ExtractionMode | undefined;
  /**
   * Keep what readers wrote below an article. Default false. The posts of a thread are content either way.
   */
  readonly comments?: boolean | undefined;
}

/** What is known of the page beside its bytes. */
export interface PageSource {
  /** Where it was found: relative links need it. */
  readonly url?: string | undefined;
  /** `application/xhtml+xml` is read as XML. Default `text/html`. */
  readonly contentType?: string | undefined;
}

export interface ExtractedPage {
  readonly text: string;
  /** As the page's metadata says; empty when there is none. */
  readonly title: string;
  readonly metadata: PageMetadata;
  /** The F1 of words that the model expects of the text, 0…1. */
  readonly confidence: number;
  /** With the format `blocks`. */
  readonly blocks?: readonly PageBlock[] | undefined;
}

export const extractionKinds: OptionKinds<ExtractOptions> = {
  ...({ maxNodes: 'number', maxCharacters: 'number' } as const),
  ...({ format: 'text', links: 'boolean', mode: 'text', comments: 'boolean' } as const),
};

/** The main text of a page, lines separated by `\n`, or why there is none: `empty` or `timeout`. */
export function extractText(html: string, options: ExtractOptions & PageSource = {}): Verdict<ExtractedPage> {
  checkOptions('extractText', options, { ...extractionKinds, url: 'text', contentType: 'text' });
  checkFormat(options);
  const found = extractContent(html, options);
  if (found.kind === 'drop') return found;
  const { text, confidence, blocks, tree } = found;
  const metadata = readMetadata(tree.document, options.url);
  const title = metadata.title ?? tree.title;
  return { kind: 'keep', text, title, metadata, confidence, ...(blocks !== undefined && { blocks }) };
}

/** What `extractText` finds but what the page says of itself. */
export function extractContent(
  html: string,
  options: ExtractOptions & PageSource,
): Verdict<Pick<ExtractedPage, 'text' | 'confidence' | 'blocks'> & { readonly tree: PageTree }> {
  const tooLong = html.length > (options.maxCharacters ?? 16 * 1024 * 1024);
  const tree = tooLong ? undefined : parsePage(html, options, options.contentType);
  if (tree === undefined) return { kind: 'drop', reason: 'timeout' };
  const withoutRuns = options.format === 'blocks' ? 'blocks' : 'text';
  const detail = options.format === 'markdown' || options.links === true ? 'runs' : withoutRuns;
  const { blocks, text, confidence } = mainContent(tree, html, { ...options, detail });
  if (text === '') return { kind: 'drop', reason: 'empty' };
  const resolve = options.links ? linkResolver(tree.document, options.url) : undefined;
  switch (options.format ?? 'text') {
    case 'text':
      return { kind: 'keep', text, confidence, tree };
    case 'markdown':
      return { kind: 'keep', text: renderMarkdown(blocks, resolve), confidence, tree };
    case 'blocks':
      return { kind: 'keep', text, confidence, blocks: toPageBlocks(blocks, resolve), tree };
  }
}

/** Refuses a format or mode that there is not, and links where no format would hold them. */
export function checkFormat({ format = 'text', links = false, mode = 'balanced' }: ExtractOptions): void {
  if (!['text', 'markdown', 'blocks'].includes(format))
    throw new LlmError({
      code: 'data/option-invalid',
      message: `format: there is no ${JSON.stringify(format)}; one of text, markdown, blocks`,
    });
  if (!extractionModes.includes(mode))
    throw new LlmError({
      code: 'data/option-invalid',
      message: `mode: there is no ${JSON.stringify(mode)}; one of ${extractionModes.join(', ')}`,
    });
  if (links && format === 'text')
    throw new LlmError({
      code: 'data/option-invalid',
      message: 'links: plain text holds none; use format "markdown" or "blocks"',
    });
}
