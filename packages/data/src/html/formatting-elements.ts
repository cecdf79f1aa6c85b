/**
 * The list of active formatting elements: those that are opened again in the next block when one ends with
 * them open (`<p><b>one<p>two`).
 */
import type { HtmlDocument } from './html-document.js';

/**
 * Entries kept since the last marker. The standard keeps all that differ, and a page of `<p><font size=1>
 * <p><font size=2>…` then opens every earlier one in every paragraph. The oldest are dropped here.
 */
const mostEntries = 24;

export class FormattingElements {
  /** Nodes; -1 is a marker: what is before it is not opened again behind it. */
  readonly entries: number[] = [];

  constructor(readonly document: HtmlDocument) {}

  mark(): void {
    this.entries.push(-1);
  }

  clearToMarker(): void {
    while (this.entries.length > 0 && this.entries.pop()! >= 0);
  }

  /** Adds an element; of elements alike three are kept ("Noah's Ark"). */
  push(node: number): void {
    const { entries } = this;
    let alike = 0;
    let oldestAlike = -1;
    let at = entries.length - 1;
    for (; at >= 0 && entries[at]! >= 0; at--) {
      if (!this.#areAlike(entries[at]!, node)) continue;
      alike++;
      oldestAlike = at;
    }
    if (alike >= 3) entries.splice(oldestAlike, 1);
    else if (entries.length - 1 - at >= mostEntries) entries.splice(at + 1, 1);
    entries.push(node);
  }

  /** The last entry of the key behind the last marker, or -1. */
  last(key: number): number {
    for (let at = this.entries.length - 1; at >= 0; at--) {
      const node = this.entries[at]!;
      if (node < 0) return -1;
      if (this.document.key[node] === key) return node;
    }
    return -1;
  }

  remove(node: number): void {
    const at = this.entries.lastIndexOf(node);
    if (at >= 0) this.entries.splice(at, 1);
  }

  #areAlike(one: number, other: number): boolean {
    const { key, attributes, lists } = this.document;
    if (key[one] !== key[other]) return false;
    return lists.areAlike(attributes[one]!, attributes[other]!);
  }
}
