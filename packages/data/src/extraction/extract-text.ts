/**
 * Main text of a web page. The page is cut into blocks and weighed, boilerplate is marked by element and
 * name, the element of greatest weight is the content, what is mostly links in it is taken out, the rest is
 * written as lines. In the spirit of trafilatura's precision mode and of Mozilla's Readability; the code and
 * the word lists are ours. Comments of readers are boilerplate here.
 */
import { LlmError } from '@llm/core';
import { linkResolver } from '../metadata/page-links.js';
import { type PageMetadata, readMetadata } from '../metadata/page-metadata.js';
import type { Verdict } from '../page/verdict.js';
import { buildBlocks } from './block-builder.js';
import { findContentRoot, findLeads } from './content-root.js';
import { discardBoilerplate, scant } from './discard.js';
import { type ContentBlock, type PageBlock, toPageBlocks } from './page-blocks.js';
import { type PageTree, type ParseLimits, parsePage } from './page-tree.js';
import { pruneContent } from './prune.js';
import { renderMarkdown } from './render-markdown.js';
import { textOfBlocks } from './render-text.js';
import { type TextBlocks, weighBlocks } from './text-blocks.js';

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
  /** With the format `blocks`. */
  readonly blocks?: readonly PageBlock[] | undefined;
}

/** The main text of a page, lines separated by `\n`, or why there is none: `empty` or `timeout`. */
export function extractText(html: string, options: ExtractOptions & PageSource = {}): Verdict<ExtractedPage> {
  checkFormat(options);
  const tooLong = html.length > (options.maxCharacters ?? 16 * 1024 * 1024);
  const tree = tooLong ? undefined : parsePage(html, options, options.contentType);
  if (tree === undefined) return { kind: 'drop', reason: 'timeout' };
  const content = mainContent(tree);
  const text = textOfBlocks(content);
  if (text === '') return { kind: 'drop', reason: 'empty' };
  const metadata = readMetadata(tree.document, options.url);
  const title = metadata.title ?? tree.title;
  const resolve = options.links ? linkResolver(tree.document, options.url) : undefined;
  switch (options.format ?? 'text') {
    case 'text':
      return { kind: 'keep', text, title, metadata };
    case 'markdown':
      return { kind: 'keep', text: renderMarkdown(content, resolve), title, metadata };
    case 'blocks':
      return { kind: 'keep', text, title, metadata, blocks: toPageBlocks(content, resolve) };
  }
}

/** Refuses a format that there is not, and links where no format would hold them. */
export function checkFormat({ format = 'text', links = false }: ExtractOptions): void {
  if (!['text', 'markdown', 'blocks'].includes(format))
    throw new LlmError({
      code: 'data/option-invalid',
      message: `format: there is no ${JSON.stringify(format)}; one of text, markdown, blocks`,
    });
  if (links && format === 'text')
    throw new LlmError({
      code: 'data/option-invalid',
      message: 'links: plain text holds none; use format "markdown" or "blocks"',
    });
}

/** The content of a parsed page. */
function mainContent(tree: PageTree): ContentBlock[] {
  const all = weighBlocks(tree);
  const content = attempt(tree, all, true);
  // Names that mislead may have taken the text away: then believe elements only.
  const prose = all.prose[tree.size]!;
  if (prose <= scant) return content;
  const { length } = textOfBlocks(content);
  if (length >= 250 && length >= 0.3 * prose) return content;
  const second = attempt(tree, all, false);
  return textOfBlocks(second).length > 2 * length ? second : content;
}

function attempt(tree: PageTree, all: TextBlocks, strict: boolean): ContentBlock[] {
  const discarded = discardBoilerplate(tree, all, strict);
  const blocks = weighBlocks(tree, discarded);
  const root = findContentRoot(tree, blocks, discarded);
  pruneContent(tree, blocks, discarded, root);
  return buildBlocks(tree, [...findLeads(tree, blocks, discarded, root), root], discarded);
}
