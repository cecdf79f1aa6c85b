/**
 * The nodes of a document as parallel arrays of links: tree construction moves nodes about, which a tree in
 * document order cannot do. A node is its index; 0 is the document, -1 none.
 */
import { kinds, NameTable } from './element-names.js';

/** Names and values in turn, as written, names in lower case. */
export type Attributes = readonly string[];

export const noAttributes: Attributes = [];

/** Thrown when a page has more nodes than it may. */
export class TooManyNodes extends Error {}

export class HtmlDocument {
  readonly names = new NameTable();
  readonly key: number[] = [];
  readonly parent: number[] = [];
  readonly first: number[] = [];
  readonly last: number[] = [];
  readonly next: number[] = [];
  readonly previous: number[] = [];
  /** Text of a text node or a comment; empty for elements. */
  readonly text: string[] = [];
  readonly attributes: Attributes[] = [];
  /** Whether the element is open while the tree is built. */
  readonly isOpen: boolean[] = [];
  quirks = false;
  /** Links that the parser opened again in a later block, because nothing had closed them. */
  readonly reopenedLinks = new Set<number>();

  constructor(readonly maxNodes: number) {
    this.create(kinds.document, '', noAttributes);
  }

  get size(): number {
    return this.key.length;
  }

  create(key: number, text: string, attributes: Attributes): number {
    const node = this.key.length;
    if (node >= this.maxNodes) throw new TooManyNodes();
    this.key.push(key);
    this.parent.push(-1);
    this.first.push(-1);
    this.last.push(-1);
    this.next.push(-1);
    this.previous.push(-1);
    this.text.push(text);
    this.attributes.push(attributes);
    this.isOpen.push(false);
    return node;
  }

  append(parent: number, node: number): void {
    const last = this.last[parent]!;
    this.parent[node] = parent;
    this.previous[node] = last;
    if (last < 0) this.first[parent] = node;
    else this.next[last] = node;
    this.last[parent] = node;
  }

  insertBefore(sibling: number, node: number): void {
    const parent = this.parent[sibling]!;
    const previous = this.previous[sibling]!;
    this.parent[node] = parent;
    this.previous[node] = previous;
    this.next[node] = sibling;
    this.previous[sibling] = node;
    if (previous < 0) this.first[parent] = node;
    else this.next[previous] = node;
  }

  detach(node: number): void {
    const parent = this.parent[node]!;
    if (parent < 0) return;
    const previous = this.previous[node]!;
    const next = this.next[node]!;
    if (previous < 0) this.first[parent] = next;
    else this.next[previous] = next;
    if (next < 0) this.last[parent] = previous;
    else this.previous[next] = previous;
    this.parent[node] = -1;
    this.previous[node] = -1;
    this.next[node] = -1;
  }

  moveChildren(from: number, to: number): void {
    for (let node = this.first[from]!; node >= 0; ) {
      const next = this.next[node]!;
      this.next[node] = -1;
      this.append(to, node);
      node = next;
    }
    this.first[from] = -1;
    this.last[from] = -1;
  }

  /** The value of an attribute, the first of its name. */
  attribute(node: number, name: string): string | undefined {
    const attributes = this.attributes[node]!;
    for (let at = 0; at < attributes.length; at += 2) if (attributes[at] === name) return attributes[at + 1];
    return undefined;
  }
}
