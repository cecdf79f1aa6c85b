/**
 * Main text of a web page. The page is cut into blocks and weighed, boilerplate is marked by element and
 * name, the element of greatest weight is the content, what is mostly links in it is taken out, the rest is
 * written as lines. In the spirit of trafilatura's precision mode and of Mozilla's Readability; the code and
 * the word lists are ours. Comments of readers are boilerplate here.
 */
import type { Verdict } from '../page/verdict.js';
import { findContentRoot, findLeads } from './content-root.js';
import { discardBoilerplate, scant } from './discard.js';
import { type PageTree, type ParseLimits, parsePage } from './page-tree.js';
import { pruneContent } from './prune.js';
import { renderText } from './render-text.js';
import { type TextBlocks, weighBlocks } from './text-blocks.js';

export interface ExtractOptions extends ParseLimits {
  /** Longer pages are not parsed: the reason is `timeout`. UTF-16 units; default 16 Mi. */
  readonly maxCharacters?: number | undefined;
}

/** The main text of a page, lines separated by `\n`, or why there is none: `empty` or `timeout`. */
export function extractText(
  html: string,
  options: ExtractOptions = {},
): Verdict<{ readonly text: string; readonly title: string }> {
  const tooLong = html.length > (options.maxCharacters ?? 16 * 1024 * 1024);
  const tree = tooLong ? undefined : parsePage(html, options);
  if (tree === undefined) return { kind: 'drop', reason: 'timeout' };
  const text = mainText(tree);
  return text === '' ? { kind: 'drop', reason: 'empty' } : { kind: 'keep', text, title: tree.title };
}

/** The main text of a parsed page; empty when there is none. */
function mainText(tree: PageTree): string {
  const all = weighBlocks(tree);
  const text = attempt(tree, all, true);
  // Names that mislead may have taken the text away: then believe elements only.
  const prose = all.prose[tree.size]!;
  if (prose > scant && (text.length < 250 || text.length < 0.3 * prose)) {
    const second = attempt(tree, all, false);
    if (second.length > 2 * text.length) return second;
  }
  return text;
}

function attempt(tree: PageTree, all: TextBlocks, strict: boolean): string {
  const discarded = discardBoilerplate(tree, all, strict);
  const blocks = weighBlocks(tree, discarded);
  const root = findContentRoot(tree, blocks, discarded);
  pruneContent(tree, blocks, discarded, root);
  return renderText(tree, [...findLeads(tree, blocks, discarded, root), root], discarded);
}
