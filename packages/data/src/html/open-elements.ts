/**
 * The stack of open elements. The standard looks through it for every tag; here each name, and each of the
 * sets that end a look, keeps the places where it stands, so that every question is answered at once and a
 * page as deep as it is long costs no more than a flat one.
 */
import { traits, traitsOf } from './element-names.js';
import type { HtmlDocument } from './html-document.js';

const boundarySets = [
  traits.special,
  traits.specialButFlow,
  traits.scope,
  traits.listScope,
  traits.buttonScope,
  traits.tableScope,
] as const;

const anyBoundary = boundarySets.reduce((bits, bit) => bits | bit, 0);

export type Boundary = (typeof boundarySets)[number];

export class OpenElements {
  readonly nodes: number[] = [];
  /** The element that is open last, and its key; -1 when none is. */
  current = -1;
  currentKey = -1;
  /** By place: the last place up to it where an element of HTML is open. */
  readonly #html: number[] = [];
  /** By key: the places of the open elements of that name, last one last. */
  readonly #places: (number[] | undefined)[] = [];
  /** By bit. */
  readonly #boundaries: number[][] = boundarySets.map(() => []);

  constructor(readonly document: HtmlDocument) {}

  get size(): number {
    return this.nodes.length;
  }

  push(node: number): void {
    const { document, nodes } = this;
    const key = document.key[node]!;
    const place = nodes.length;
    nodes.push(node);
    document.isOpen[node] = 1;
    this.current = node;
    this.currentKey = key;
    const places = this.#places[key];
    if (places === undefined) this.#places[key] = [place];
    else places.push(place);
    this.#html.push((key & 3) === 0 ? place : (this.#html[place - 1] ?? -1));
    const bits = traitsOf(key);
    if ((bits & anyBoundary) === 0) return;
    for (let set = 0; set < boundarySets.length; set++)
      if ((bits & boundarySets[set]!) !== 0) this.#boundaries[set]!.push(place);
  }

  pop(): number {
    const { document, nodes } = this;
    const node = nodes.pop()!;
    const key = this.currentKey;
    document.isOpen[node] = 0;
    this.#places[key]!.pop();
    this.#html.pop();
    const bits = traitsOf(key);
    if ((bits & anyBoundary) !== 0)
      for (let set = 0; set < boundarySets.length; set++)
        if ((bits & boundarySets[set]!) !== 0) this.#boundaries[set]!.pop();
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
    return this.#html[this.nodes.length - 1] ?? -1;
  }

  /** Place of the last open element of the key, or -1. */
  last(key: number): number {
    const places = this.#places[key];
    return places === undefined || places.length === 0 ? -1 : places[places.length - 1]!;
  }

  lastBoundary(boundary: Boundary): number {
    const places = this.#boundaries[boundarySets.indexOf(boundary)]!;
    return places.length === 0 ? -1 : places[places.length - 1]!;
  }

  /** The place of the first special element above `place`, or -1. */
  firstSpecialAbove(place: number): number {
    const places = this.#boundaries[0]!;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle]! > place) high = middle;
      else low = middle + 1;
    }
    return low < places.length ? places[low]! : -1;
  }

  /** Whether an element of the key is open with nothing of the set above it. */
  inScope(key: number, boundary: Boundary = traits.scope): boolean {
    const place = this.last(key);
    return place >= 0 && place >= this.lastBoundary(boundary);
  }

  /** Place of an open element, looked for among those of its name from the last one on. */
  placeOf(node: number): number {
    const places = this.#places[this.document.key[node]!] ?? [];
    for (let at = places.length - 1; at >= 0; at--) if (this.nodes[places[at]!] === node) return places[at]!;
    return -1;
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
