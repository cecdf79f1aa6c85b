/** Walks below a node of a document. */
import { kinds } from './element-names.js';
import type { HtmlDocument } from './html-document.js';

/** The next node in document order below `root`; `root` itself after the last one. */
export function following(document: HtmlDocument, node: number, root: number): number {
  if (document.first[node]! >= 0) return document.first[node]!;
  let at = node;
  while (at !== root && document.next[at]! < 0) at = document.parent[at]!;
  return at === root ? root : document.next[at]!;
}

/** All text below a node. */
export function textBelow(document: HtmlDocument, root: number): string {
  let text = '';
  for (let node = document.first[root]!; node >= 0 && node !== root; node = following(document, node, root))
    if (document.key[node] === kinds.text) text += document.textOf(node);
  return text;
}
