/**
 * HTML → a flat tree: parallel arrays in document order, where the subtree of node `i` is the range
 * `i … end[i]`. Every measure of a subtree is then a difference of two prefix sums, and nothing is recursive.
 * What is never shown (scripts, templates, form controls) is left out, formulas are written as TeX.
 */
import { TooManyNodes } from '../html/html-document.js';
import { parseHtml } from '../html/parse-html.js';
import { parseXml } from '../html/parse-xml.js';
import { cuesThat, flattenDocument, type PageTree } from './flatten-document.js';
import { holdsPage, mayStandInNoscript, mostOutside, sentenceCharacters } from './without-scripts.js';

export { cuesThat, type PageTree };

export interface ParseLimits {
  /**
   * More nodes than this end the parse. Default 500,000. The parse itself is linear in the page: there is
   * no other limit to it.
   */
  readonly maxNodes?: number | undefined;
}

/**
 * Undefined when the page exceeds a limit. `application/xhtml+xml` is read as XML when it is well formed,
 * everything else as HTML.
 */
export function parsePage(
  text: string,
  limits: ParseLimits = {},
  contentType = 'text/html',
): PageTree | undefined {
  const maxNodes = limits.maxNodes ?? 500_000;
  try {
    const document = contentType === 'application/xhtml+xml' ? parseXml(text, maxNodes) : undefined;
    if (document !== undefined) return flattenDocument(document);
    const tree = flattenDocument(parseHtml(text, { maxNodes }));
    const outside = sentenceCharacters(tree, mostOutside);
    if (!mayStandInNoscript(tree.document, outside)) return tree;
    const other = flattenDocument(parseHtml(text, { maxNodes, scripting: false }));
    return holdsPage(sentenceCharacters(other) - outside, outside) ? other : tree;
  } catch (error) {
    if (error instanceof TooManyNodes) return undefined;
    throw error;
  }
}
