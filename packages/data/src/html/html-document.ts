/**
 * The nodes of a document as parallel arrays of links: tree construction moves nodes about, which a tree in
 * document order cannot do. A node is its index; 0 is the document, -1 none.
 */
import { AttributeLists, noAttributes } from './attribute-lists.js';
import { kinds, NameTable } from './element-names.js';
import { PageTexts } from './page-texts.js';

/** Thrown when a page has more nodes than it may. */
export class TooManyNodes extends Error {}

/** Numbers of nodes, as many as there is room for. */
export type NodeNumbers = Int32Array;

/** From here on arrays are made for the whole page. */
const manyNodes = 32_768;

export class HtmlDocument {
  readonly names = new NameTable();
  readonly lists = new AttributeLists();
  readonly texts = new PageTexts();
  /** How many nodes there are; the arrays of numbers are longer. */
  size = 0;
  key: NodeNumbers = new Int32Array(2048);
  parent: NodeNumbers = new Int32Array(2048);
  first: NodeNumbers = new Int32Array(2048);
  /** Of a text, a comment or a document type, which have no children, its number among the texts. */
  last: NodeNumbers = new Int32Array(2048);
  next: NodeNumbers = new Int32Array(2048);
  previous: NodeNumbers = new Int32Array(2048);
  /** 1 while the element is open. */
  isOpen = new Uint8Array(2048);
  /** Of each node its list of attributes. */
  attributes: NodeNumbers = new Int32Array(2048);
  quirks = false;
  /** Links that the parser opened again in a later block, because nothing had closed them. */
  readonly reopenedLinks = new Set<number>();

  /** How much of the page is read, 0…1. */
  partRead: () => number = () => 1;

  /** `scripting`: whether `noscript` is raw text, as where scripts run. */
  constructor(
    readonly maxNodes: number,
    readonly scripting = true,
  ) {
    this.create(kinds.document, noAttributes);
  }

  create(key: number, attributes: number): number {
    const node = this.size;
    if (node >= this.maxNodes) throw new TooManyNodes();
    if (node === this.key.length) this.#grow();
    this.size = node + 1;
    this.key[node] = key;
    this.parent[node] = -1;
    this.first[node] = -1;
    this.last[node] = -1;
    this.next[node] = -1;
    this.previous[node] = -1;
    this.attributes[node] = attributes;
    return node;
  }

  /** A text, a comment or a document type; `text` is a number of `texts`. */
  createText(key: number, text: number): number {
    const node = this.create(key, noAttributes);
    this.last[node] = text;
    return node;
  }

  /** Of a text, a comment or a document type. */
  textOf(node: number): string {
    return this.texts.get(this.last[node]!);
  }

  /** Adds to a text. */
  lengthen(node: number, more: string): void {
    this.last[node] = this.texts.longer(this.last[node]!, more);
  }

  /**
   * To twice as many; once there are many, to what the whole page will have if it goes on like this: arrays
   * that were outgrown lie about until they are collected.
   */
  #grow(): void {
    const { length } = this.key;
    const all = length < manyNodes ? 0 : Math.ceil((1.05 * length) / this.partRead());
    const room = Math.max(2 * length, Math.min(all, this.maxNodes));
    const longer = (numbers: NodeNumbers): NodeNumbers => {
      const more = new Int32Array(room);
      more.set(numbers);
      return more;
    };
    this.key = longer(this.key);
    this.parent = longer(this.parent);
    this.first = longer(this.first);
    this.last = longer(this.last);
    this.next = longer(this.next);
    this.previous = longer(this.previous);
    this.attributes = longer(this.attributes);
    const open = new Uint8Array(room);
    open.set(this.isOpen);
    this.isOpen = open;
  }

  /** The first node of the key, in the order of the tags; -1 when there is none. */
  find(key: number): number {
    const node = this.key.indexOf(key);
    return node < this.size ? node : -1;
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
    return this.lists.get(this.attributes[node]!, name);
  }
}
