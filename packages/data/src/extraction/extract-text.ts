/**
 * Main text of a web page: the page is cut into blocks, a small learned model says of each how likely it is
 * content, and what is chosen is written as lines. Comments of readers count as the pages that the model
 * learned from count them: the posts of a thread are content, what stands below an article is not.
 */
import type { Verdict } from '../page/verdict.js';
import { chooseContent, type ExtractionMode } from './choose-content.js';
import { type ParseLimits, parsePage } from './page-tree.js';
import { renderText } from './render-text.js';

export interface ExtractOptions extends ParseLimits {
  /** Longer pages are not parsed: the reason is `timeout`. UTF-16 units; default 16 Mi. */
  readonly maxCharacters?: number | undefined;
  /** `precision`: less that is wrong; `recall`: less that is missed; default `balanced`. */
  readonly mode?: ExtractionMode | undefined;
}

/** The main text of a page, lines separated by `\n`, or why there is none: `empty` or `timeout`. */
export function extractText(
  html: string,
  options: ExtractOptions = {},
): Verdict<{ readonly text: string; readonly title: string; readonly confidence: number }> {
  const tooLong = html.length > (options.maxCharacters ?? 16 * 1024 * 1024);
  const tree = tooLong ? undefined : parsePage(html, options);
  if (tree === undefined) return { kind: 'drop', reason: 'timeout' };
  const { discarded, confidence } = chooseContent(tree, html, options.mode ?? 'balanced');
  const text = renderText(tree, [0], discarded);
  return text === '' ? { kind: 'drop', reason: 'empty' } : { kind: 'keep', text, title: tree.title, confidence };
}
