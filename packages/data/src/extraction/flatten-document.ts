/** The document of the parser → the flat tree of what is shown. */

import { attributeNumber, noAttributes } from '../html/attribute-lists.js';
import { cleanText } from '../html/clean-text.js';
import { elementKey, kinds, knownNames, nameNumber, namespaces } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';
import { formulaAt, formulaTags } from './formulas.js';
import { headingTags, unseenTags, wordBreakingTags } from './html-tags.js';

/**
 * Node 0 is the document. A formula is an element `math` with one text node, `\(TeX\)`, or `\[TeX\]` where it
 * stands on its own.
 */
export interface PageTree {
  readonly size: number;
  /** How many nodes are texts. */
  readonly texts: number;
  /**
   * The number of the tag's name, `knownNames` for names that no rule knows; -1 for texts and the document.
   */
  readonly name: Int32Array;
  readonly parent: Int32Array;
  /** Index after the last descendant. */
  readonly end: Int32Array;
  /** Elements with the same names have the same number; that of none is 0. */
  readonly cueNumber: Int32Array;
  /** By number: `class` and `id`, lower case, separated by a blank. */
  readonly cues: readonly string[];
  /** Lower-case `role`, `itemprop`, … of the few nodes that have one. */
  readonly role: ReadonlyMap<number, string>;
  readonly itemprop: ReadonlyMap<number, string>;
  /** Hidden by attribute or inline style. */
  readonly hidden: ReadonlySet<number>;
  /** `a` elements that lead nowhere else: to a place on this page, or without `href`. */
  readonly fragment: ReadonlySet<number>;
  readonly title: string;
  /** `#text` of a text, `#document` of the document. */
  tagOf(node: number): string;
  /** Empty for elements. */
  textOf(node: number): string;
  /** How many elements of a known name there are. */
  countOf(tag: string): number;
  /** An attribute of a node as it is written; undefined when it has none of the (lower-case) name. */
  attribute(node: number, name: string): string | undefined;
  /** The whole page, with what the flat tree leaves out. */
  readonly document: HtmlDocument;
}

/** One byte a number of a cue: 1 = the test says so. No cue is none. */
export function cuesThat(tree: PageTree, test: (cue: string) => boolean): Uint8Array {
  const found = new Uint8Array(tree.cues.length);
  for (let number = 1; number < found.length; number++) found[number] = test(tree.cues[number]!) ? 1 : 0;
  return found;
}

export function flattenDocument(document: HtmlDocument): PageTree {
  return new Flattener(document).flatten();
}

const unseen = 1;
const wordBreaking = 2;
const mayBeFormula = 4;
/** By the number of a name. */
const nameKinds = new Uint8Array(knownNames);
for (const [kind, names] of [
  [unseen, unseenTags],
  [wordBreaking, wordBreakingTags],
  [mayBeFormula, formulaTags],
] as const)
  for (const name of names) nameKinds[nameNumber(name)]! |= kind;

const named = {
  class: attributeNumber('class'),
  id: attributeNumber('id'),
  role: attributeNumber('role'),
  itemprop: attributeNumber('itemprop'),
  href: attributeNumber('href'),
  hidden: attributeNumber('hidden'),
  ariaHidden: attributeNumber('aria-hidden'),
  style: attributeNumber('style'),
} as const;
/** By the number of a name; the values of others are not looked at. */
const isRead = new Uint8Array(Math.max(...Object.values(named)) + 1);
for (const attribute of Object.values(named)) isRead[attribute] = 1;

const titleKey = elementKey('title');
const mathNumber = nameNumber('math');
const spanNumber = nameNumber('span');
const linkNumber = nameNumber('a');
const rubyNumber = nameNumber('ruby');
const baseNumber = nameNumber('rb');

function titleOf(document: HtmlDocument): string {
  const node = document.find(titleKey);
  const first = node < 0 ? -1 : document.first[node]!;
  const text = first >= 0 && document.key[first] === kinds.text ? document.textOf(first) : '';
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

class Flattener {
  #size = 1;
  #texts = 0;
  readonly name: Int32Array;
  readonly cueNumber: Int32Array;
  readonly parent: Int32Array;
  readonly end: Int32Array;
  /** Nodes of the document, by node of the flat tree; of a text its number. */
  readonly source: Int32Array;
  readonly counts = new Uint32Array(knownNames);
  readonly role = new Map<number, string>();
  readonly itemprop = new Map<number, string>();
  readonly hidden = new Set<number>();
  readonly fragment = new Set<number>();
  /** By names as they are written. */
  readonly #cues = new Map<string, number>();
  readonly #lowerCues: string[] = [''];
  #pending = '';
  /** Of what is pending, where it is a text of the document as it is. */
  #pendingNumber: number | undefined;

  constructor(readonly document: HtmlDocument) {
    // A node gives at most an element and the text before it, and a formula two.
    const room = 2 * document.size + 2;
    this.name = new Int32Array(room);
    this.cueNumber = new Int32Array(room);
    this.parent = new Int32Array(room);
    this.end = new Int32Array(room);
    this.source = new Int32Array(room);
    this.parent[0] = -1;
    this.name[0] = -1;
  }

  flatten(): PageTree {
    const { document } = this;
    /** The flat node that is open. */
    let above = 0;
    let node = document.first[0]!;
    while (node >= 0) {
      const opened = this.#visit(node, above);
      if (opened >= 0 && document.first[node]! >= 0) {
        above = opened;
        node = document.first[node]!;
        continue;
      }
      if (opened >= 0) this.#close(opened);
      // To the next node, up through what ends here.
      while (node > 0 && document.next[node]! < 0) {
        node = document.parent[node]!;
        if (node > 0) {
          this.#flush(above);
          this.#close(above);
          above = this.parent[above]!;
        }
      }
      node = node > 0 ? document.next[node]! : -1;
    }
    this.#flush(above);
    const size = this.#size;
    this.end[0] = size;
    const { name: names, role, itemprop, hidden, fragment, source, counts } = this;
    return {
      size,
      texts: this.#texts,
      name: names.subarray(0, size),
      cueNumber: this.cueNumber.subarray(0, size),
      cues: this.#lowerCues,
      parent: this.parent.subarray(0, size),
      end: this.end.subarray(0, size),
      role,
      itemprop,
      hidden,
      fragment,
      title: titleOf(document),
      tagOf: (node) => {
        const number = names[node]!;
        if (number < 0) return node === 0 ? '#document' : '#text';
        return document.names.name(number < knownNames ? number << 2 : document.key[source[node]!]!);
      },
      textOf: (node) => (names[node]! < 0 && node > 0 ? document.texts.get(source[node]!) : ''),
      countOf: (name) => counts[nameNumber(name)]!,
      attribute: (node, name) => (names[node]! < 0 ? undefined : document.attribute(source[node]!, name)),
      document,
    };
  }

  /** The flat node that was opened for a node of the document, or -1 when its content is not shown. */
  #visit(node: number, above: number): number {
    const { document } = this;
    const key = document.key[node]!;
    if (key < 0) {
      if (key === kinds.text) this.#text(node, above);
      return -1;
    }
    const name = document.names.name(key);
    const kind = key >> 2 < knownNames ? nameKinds[key >> 2]! : 0;
    if ((kind & mayBeFormula) !== 0) {
      const formula = formulaAt(document, node, name);
      if (formula === 'drawn') return -1;
      if (formula !== undefined) {
        this.#flush(above);
        const opened = this.#add(mathNumber, above, node);
        this.#add(-1, opened, document.texts.add(formula));
        this.end[opened] = this.#size;
        return -1;
      }
    }
    if (((kind & unseen) !== 0 && !this.#isShown(node, name)) || (key & 3) !== namespaces.html) {
      // Two words on both sides of a control or a picture with text in it are two words.
      if ((kind & wordBreaking) !== 0 && document.first[node]! >= 0 && this.#pending !== '') this.#pend(' ');
      return -1;
    }
    this.#flush(above);
    // An `<a>` that was never closed runs through the page; a link it is where it was opened.
    const isReopened = name === 'a' && document.reopenedLinks.has(node);
    const number = isReopened ? spanNumber : Math.min(key >> 2, knownNames);
    const opened = this.#add(number, above, node);
    if (number === linkNumber) this.fragment.add(opened);
    if (key >> 2 < knownNames) this.counts[key >> 2]!++;
    if (document.attributes[node] !== noAttributes) this.#attributes(opened, node);
    return opened;
  }

  /** Elements that are shown in some places only. */
  #isShown(node: number, name: string): boolean {
    const { document } = this;
    if (name === 'template') return document.attribute(node, 'shadowrootmode') !== undefined;
    if (name === 'noscript') return !document.scripting;
    // The question of a list of questions and answers is a button that opens the answer.
    return name === 'button' && headingTags.has(this.#nameOf(document.parent[node]!));
  }

  #nameOf(node: number): string {
    const key = this.document.key[node]!;
    return key < 0 ? '' : this.document.names.name(key);
  }

  #text(node: number, above: number): void {
    const written = this.document.textOf(node);
    const text = cleanText(written);
    // White space between the bases of a ruby is none of the word.
    if (this.name[above] === rubyNumber || this.name[above] === baseNumber) this.#pend(withoutEdges(text));
    else this.#pend(text, text === written ? this.document.last[node]! : undefined);
  }

  #attributes(node: number, source: number): void {
    const { attributes, lists } = this.document;
    const list = attributes[source]!;
    let cue = '';
    for (let at = 0, count = lists.count(list); at < count; at++) {
      const attribute = lists.nameNumber(list, at);
      if (isRead[attribute] !== 1) continue;
      if (attribute === named.href) {
        if (!lists.beginsWith(list, at, '#')) this.fragment.delete(node);
        continue;
      }
      const value = lists.value(list, at);
      switch (attribute) {
        case named.class:
        case named.id:
          cue = cue === '' ? value : `${cue} ${value}`;
          break;
        case named.role:
          this.role.set(node, value.toLowerCase());
          break;
        case named.itemprop:
          this.itemprop.set(node, value.toLowerCase());
          break;
        case named.hidden:
          // What is found by a search in the page is content by definition.
          if (value.toLowerCase() !== 'until-found') this.hidden.add(node);
          break;
        case named.ariaHidden:
          if (value === 'true') this.hidden.add(node);
          break;
        case named.style:
          if (/display\s*:\s*none|visibility\s*:\s*hidden/i.test(value)) this.hidden.add(node);
          break;
      }
    }
    if (cue === '') return;
    let number = this.#cues.get(cue);
    if (number === undefined) {
      const lower = cue.toLowerCase();
      number = this.#cues.get(lower);
      if (number === undefined) {
        number = this.#lowerCues.push(lower) - 1;
        this.#cues.set(lower, number);
      }
      this.#cues.set(cue, number);
    }
    this.cueNumber[node] = number;
  }

  /** `number`: of the text, where the document has it. */
  #pend(text: string, number?: number | undefined): void {
    if (text === '') return;
    this.#pendingNumber = this.#pending === '' ? number : undefined;
    this.#pending += text;
  }

  #add(name: number, above: number, source: number): number {
    const node = this.#size++;
    if (name < 0) this.#texts++;
    this.name[node] = name;
    this.parent[node] = above;
    this.end[node] = node + 1;
    this.source[node] = source;
    return node;
  }

  #close(node: number): void {
    this.end[node] = this.#size;
  }

  #flush(above: number): void {
    if (this.#pending === '') return;
    this.#add(-1, above, this.#pendingNumber ?? this.document.texts.add(this.#pending));
    this.#pending = '';
  }
}

const ideographicEdge = /^\s+(?=[\u2e80-\ud7ff\uf900-\ufaff])|(?<=[\u2e80-\ud7ff\uf900-\ufaff])\s+$|^\s+$/gu;

function withoutEdges(text: string): string {
  return text.replace(ideographicEdge, '');
}
