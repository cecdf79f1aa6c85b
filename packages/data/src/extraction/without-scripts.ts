/**
 * Pages that scripts write, as Discourse does: the text that there is stands in `noscript`, for crawlers.
 * Such a page is read as where no script runs.
 */
import { elementKey, kinds, nameNumber } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';
import { collapsedLength } from './collapsed-length.js';
import type { PageTree } from './flatten-document.js';

const noscript = elementKey('noscript');
const a = nameNumber('a');

/** Characters of texts that are as long as a sentence, outside of links; counted no further than `most`. */
export function sentenceCharacters(tree: PageTree, most = Number.POSITIVE_INFINITY): number {
  let characters = 0;
  let linkEnd = 0;
  for (let node = 1; node < tree.size && characters <= most; node++) {
    if (tree.name[node]! === a) linkEnd = Math.max(linkEnd, tree.end[node]!);
    if (tree.name[node]! >= 0 || node < linkEnd) continue;
    const text = tree.textOf(node);
    if (text.length < 60) continue;
    const length = collapsedLength(text);
    if (length >= 60) characters += length;
  }
  return characters;
}

/** Whether the `noscript` elements are long enough to hold the page, by their source. */
export function mayStandInNoscript(document: HtmlDocument, outside: number): boolean {
  if (outside > mostOutside) return false;
  let inside = 0;
  const { key, first, last, texts } = document;
  for (let node = 1; node < document.size; node++) {
    const child = key[node] === noscript ? first[node]! : -1;
    if (child >= 0 && key[child] === kinds.text) inside += texts.length(last[child]!);
  }
  return holdsPage(inside, outside);
}

/** A page with more than so many characters of sentences outside of `noscript` is read as it stands. */
export const mostOutside = 500;

/** Well more than what stands outside, which is next to nothing: a notice or a second copy is no page. */
export function holdsPage(inside: number, outside: number): boolean {
  return outside <= mostOutside && inside >= 200 && inside >= 4 * outside;
}
