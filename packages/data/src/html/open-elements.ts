/**
 * The stack of open elements. The standard looks through it for every tag; here each place of it keeps the
 * places that such a look would find (the last element of each set, and the one of the same name before), so
 * that every question is answered at once and a page as deep as it is long costs no more than a flat one.
 */
import { knownNames, traits, traitsOf } from './element-names.js';
import type { HtmlDocument } from './html-document.js';

/** In the order of their columns. */
const boundarySets = [
  traits.special,
  traits.specialButFlow,
  traits.scope,
  traits.listScope,
  traits.buttonScope,
  traits.tableScope,
] as const;

export type Boundary = (typeof boundarySets)[number];

const special = 0;
const html = boundarySets.length;
const sameName = html + 1;
const columns = sameName + 1;
/** By bit. */
const columnOf = new Uint8Array(Math.max(...boundarySets) + 1);
for (const [column, bit] of boundarySets.entries()) columnOf[bit] = column;

export class OpenElements {
  readonly nodes: number[] = [];
  /** The element that is open last, and its key; -1 when none is. */
  current = -1;
  currentKey = -1;
  /**
   * A row a place: the last place up to it with an element of each set, with one of HTML, and the place of
   * the element of the same name before it.
   */
  #rows = new Int32Array(64 * columns);
  /** By key: the last place where an element of that name is open; -1 for none. */
  #last = new Int32Array(knownNames << 2).fill(-1);

  constructor(readonly document: HtmlDocument) {}

  get size(): number {
    return this.nodes.length;
  }

  push(node: number): void {
    const { document, nodes } = this;
    const key = document.key[node]!;
    const place = nodes.length;
    const row = place * columns;
    if (row === this.#rows.length) this.#rows = longer(this.#rows, 0);
    while (key >= this.#last.length) this.#last = longer(this.#last, -1);
    nodes.push(node);
    document.isOpen[node] = 1;
    this.current = node;
    this.currentKey = key;
    const rows = this.#rows;
    const bits = traitsOf(key);
    for (let set = 0; set < boundarySets.length; set++) {
      const above = place === 0 ? -1 : rows[row - columns + set]!;
      rows[row + set] = (bits & boundarySets[set]!) === 0 ? above : place;
    }
    rows[row + html] = (key & 3) === 0 ? place : place === 0 ? -1 : rows[row - columns + html]!;
    rows[row + sameName] = this.#last[key]!;
    this.#last[key] = place;
  }

  pop(): number {
    const { document, nodes } = this;
    const node = nodes.pop()!;
    document.isOpen[node] = 0;
    this.#last[this.currentKey] = this.#rows[nodes.length * columns + sameName]!;
    this.current = nodes.length === 0 ? -1 : nodes[nodes.length - 1]!;
    this.currentKey = this.current < 0 ? -1 : document.key[this.current]!;
    return node;
  }

  /** Pops until `size` elements are open. */
  popTo(size: number): void {
    while (this.nodes.length > size) this.pop();
  }

  /** Place of the last open element of HTML: those above it are of SVG or MathML. */
  get lastHtml(): number {
    return this.nodes.length === 0 ? -1 : this.#rows[(this.nodes.length - 1) * columns + html]!;
  }

  /** Place of the last open element of the key, or -1. */
  last(key: number): number {
    return key < this.#last.length ? this.#last[key]! : -1;
  }

  lastBoundary(boundary: Boundary): number {
    return this.nodes.length === 0
      ? -1
      : this.#rows[(this.nodes.length - 1) * columns + columnOf[boundary]!]!;
  }

  /** The place of the first special element above `place`, or -1. */
  firstSpecialAbove(place: number): number {
    const { length } = this.nodes;
    let low = place + 1;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle * columns + special]! > place) high = middle;
      else low = middle + 1;
    }
    return low < length ? low : -1;
  }

  /** Whether an element of the key is open with nothing of the set above it. */
  inScope(key: number, boundary: Boundary = traits.scope): boolean {
    const place = this.last(key);
    return place >= 0 && place >= this.lastBoundary(boundary);
  }

  /** Place of an open element, looked for among those of its name from the last one on. */
  placeOf(node: number): number {
    let place = this.last(this.document.key[node]!);
    while (place >= 0 && this.nodes[place] !== node) place = this.#rows[place * columns + sameName]!;
    return place;
  }

  /** Takes the elements from `place` on off and opens others instead. */
  replaceFrom(place: number, nodes: readonly number[]): void {
    this.popTo(place);
    for (const node of nodes) this.push(node);
  }

  remove(node: number): void {
    const place = this.placeOf(node);
    if (place >= 0) this.replaceFrom(place, this.nodes.slice(place + 1));
  }
}

function longer(numbers: Int32Array<ArrayBuffer>, rest: number): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * numbers.length).fill(rest, numbers.length);
  more.set(numbers);
  return more;
}
