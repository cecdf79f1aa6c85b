/**
 * HTML → a flat tree: parallel arrays in document order, where the subtree of node `i` is the range
 * `i … end[i]`. Every measure of a subtree is then a difference of two prefix sums, and nothing is recursive.
 * What is never shown (scripts, templates, form controls) is left out, formulas are written as TeX.
 */
import { type HtmlDocument, TooManyNodes } from '../html/html-document.js';
import { parseHtml } from '../html/parse-html.js';
import { parseXml } from '../html/parse-xml.js';
import { flattenDocument } from './flatten-document.js';
import type { TextMeasure } from './text-measure.js';

/**
 * Node 0 is the document. A text node has the tag `#text` and its text; other nodes have an empty text. A
 * formula is an element `math` with one text node, `\(TeX\)`, or `\[TeX\]` where it stands on its own.
 */
export interface PageTree {
  readonly size: number;
  readonly tag: readonly string[];
  readonly parent: readonly number[];
  /** Index after the last descendant. */
  readonly end: readonly number[];
  readonly text: readonly string[];
  /** What `measureText` says of each text node. */
  readonly measures: readonly (TextMeasure | undefined)[];
  /** `class` and `id`, lower case, separated by a blank. */
  readonly cue: readonly string[];
  /** Lower-case `role`, `itemprop`, … of the few nodes that have one. */
  readonly role: ReadonlyMap<number, string>;
  readonly itemprop: ReadonlyMap<number, string>;
  /** Hidden by attribute or inline style. */
  readonly hidden: ReadonlySet<number>;
  /** `a` elements that lead nowhere else: to a place on this page, or without `href`. */
  readonly fragment: ReadonlySet<number>;
  readonly title: string;
  /** An attribute of a node as it is written; undefined when it has none of the (lower-case) name. */
  attribute(node: number, name: string): string | undefined;
  /** The whole page, with what the flat tree leaves out. */
  readonly document: HtmlDocument;
}

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
    return flattenDocument(document ?? parseHtml(text, { maxNodes }));
  } catch (error) {
    if (error instanceof TooManyNodes) return undefined;
    throw error;
  }
}
