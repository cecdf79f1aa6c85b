/**
 * Tags and text → the tree of the page, after the WHATWG HTML standard, "Tree construction" (scripting on, so
 * that `noscript` is raw text; off where it is asked for, in the body only). What each insertion mode does
 * with a token stands in `insertion-modes/`; here is what they share: the stack of open elements, where a
 * node goes (foster parenting) and the elements that are opened again. Three bounds keep it linear, all out
 * of reach of pages that were not made to be slow: an element below more than 512 others becomes a sibling
 * (as in Blink and WebKit), end tags rearrange no more than about four open elements for each character, and
 * no more than 24 formatting elements are opened again. Left out: fragments, parse errors, scripts that
 * write, copies of an option in `selectedcontent`.
 */

import { noAttributes } from './attribute-lists.js';
import type { Doctype } from './doctype.js';
import { elementKey, kinds, traits, traitsOf } from './element-names.js';
import { FormattingElements } from './formatting-elements.js';
import type { HtmlDocument } from './html-document.js';
import { modes } from './modes.js';
import { type Boundary, OpenElements } from './open-elements.js';
import { type Tag, type TextMode, Tokenizer, type TokenSink } from './tokenizer.js';

/** Blink's and WebKit's `kMaximumHTMLParserDOMTreeDepth`. */
const deepest = 512;

/** What a mode does with each kind of token. */
export interface InsertionMode {
  startTag(page: TreeConstruction, tag: Tag): void;
  endTag(page: TreeConstruction, tag: Tag): void;
  characters(page: TreeConstruction, text: string): void;
  end(page: TreeConstruction): void;
}

/** What happens to tokens inside SVG and MathML. */
export interface ForeignRules {
  isForeign(page: TreeConstruction, tag: Tag | undefined): boolean;
  startTag(page: TreeConstruction, tag: Tag): void;
  endTag(page: TreeConstruction, tag: Tag): void;
  characters(page: TreeConstruction, text: string): void;
}

export interface Rules {
  readonly modes: readonly InsertionMode[];
  readonly foreign: ForeignRules;
}

const table = elementKey('table');
const template = elementKey('template');
const html = elementKey('html');

const modeOfElement = new Map<number, number>(
  Object.entries({
    tr: modes.inRow,
    tbody: modes.inTableBody,
    thead: modes.inTableBody,
    tfoot: modes.inTableBody,
    caption: modes.inCaption,
    colgroup: modes.inColumnGroup,
    table: modes.inTable,
    body: modes.inBody,
    frameset: modes.inFrameset,
    head: modes.inHead,
    td: modes.inCell,
    th: modes.inCell,
  }).map(([name, mode]) => [elementKey(name), mode]),
);

const modeElements = [...modeOfElement.keys(), template, html];

export class TreeConstruction implements TokenSink {
  readonly open: OpenElements;
  readonly formatting: FormattingElements;
  readonly tokenizer: Tokenizer;
  mode: number = modes.initial;
  /** To return to after the text of a raw element. */
  originalMode: number = modes.initial;
  readonly templateModes: number[] = [];
  head = -1;
  form = -1;
  framesetAllowed = true;
  fosterParenting = false;
  /** A line feed right after `<pre>` is no text. */
  skipLineFeed = false;
  /** Steps left for end tags that rearrange what is open; each may take as many as elements are. */
  rearrangements: number;
  /** Attributes of `html` and `body` that later tags of theirs add to. */
  readonly merged = new Map<number, Map<string, string>>();
  /** Text directly in a table, kept until it is known whether it is all white space. */
  tableText = '';

  constructor(
    text: string,
    readonly document: HtmlDocument,
    readonly rules: Rules,
    readonly keepComments: boolean,
  ) {
    this.rearrangements = 1_000_000 + 4 * text.length;
    this.open = new OpenElements(document);
    this.formatting = new FormattingElements(document);
    this.tokenizer = new Tokenizer(text, document, this);
  }

  get inForeignContent(): boolean {
    return this.open.currentKey >= 0 && (this.open.currentKey & 3) !== 0;
  }

  startTag(tag: Tag): void {
    this.skipLineFeed = false;
    if (this.tableText !== '') this.flushTableText();
    if (this.inForeignContent && this.rules.foreign.isForeign(this, tag))
      this.rules.foreign.startTag(this, tag);
    else this.rules.modes[this.mode]!.startTag(this, tag);
  }

  endTag(tag: Tag): void {
    this.skipLineFeed = false;
    if (this.tableText !== '') this.flushTableText();
    if (this.inForeignContent) this.rules.foreign.endTag(this, tag);
    else this.rules.modes[this.mode]!.endTag(this, tag);
  }

  characters(text: string): void {
    let rest = text;
    if (this.skipLineFeed) {
      this.skipLineFeed = false;
      if (rest.startsWith('\n')) rest = rest.slice(1);
      if (rest === '') return;
    }
    if (this.inForeignContent && this.rules.foreign.isForeign(this, undefined))
      this.rules.foreign.characters(this, rest);
    else this.rules.modes[this.mode]!.characters(this, rest);
  }

  comment(text: string): void {
    this.skipLineFeed = false;
    if (!this.keepComments) return;
    if (this.tableText !== '') this.flushTableText();
    const { mode, document } = this;
    const node = document.createText(kinds.comment, document.texts.add(text));
    if (mode <= modes.beforeHtml || mode === modes.afterAfterBody || mode === modes.afterAfterFrameset)
      document.append(0, node);
    else if (mode === modes.afterBody) document.append(this.open.nodes[0]!, node);
    else this.insert(node);
  }

  doctype(doctype: Doctype): void {
    if (this.mode !== modes.initial) return;
    const { document } = this;
    document.quirks = doctype.quirks;
    if (this.keepComments) {
      const { name, publicId, systemId } = doctype;
      const ids =
        publicId === undefined && systemId === undefined ? '' : ` "${publicId ?? ''}" "${systemId ?? ''}"`;
      document.append(0, document.createText(kinds.doctype, document.texts.add(`${name}${ids}`)));
    }
    this.mode = modes.beforeHtml;
  }

  end(): void {
    if (this.tableText !== '') this.flushTableText();
    this.rules.modes[this.mode]!.end(this);
    const { attributes, lists } = this.document;
    for (const [node, merged] of this.merged) attributes[node] = lists.listOf(merged);
  }

  /** Another mode is to see the same tag. */
  startTagIn(mode: number, tag: Tag): void {
    this.mode = mode;
    this.startTag(tag);
  }

  endTagIn(mode: number, tag: Tag): void {
    this.mode = mode;
    this.rules.modes[mode]!.endTag(this, tag);
  }

  charactersIn(mode: number, text: string): void {
    this.mode = mode;
    if (text !== '') this.rules.modes[mode]!.characters(this, text);
  }

  /** An element for the tag, inserted and open. */
  insertElement(tag: Tag, namespace = 0): number {
    return this.insertOpen((tag.number << 2) | namespace, tag.attributes);
  }

  insertOpen(key: number, attributes: number = noAttributes): number {
    const node = this.document.create(key, attributes);
    this.insert(node);
    this.open.push(node);
    return node;
  }

  /** An element without content: inserted, and closed at once. */
  insertVoid(tag: Tag): void {
    this.insert(this.document.create(tag.number << 2, tag.attributes));
  }

  /** An element whose text holds no tags. */
  insertRaw(tag: Tag, textMode: TextMode): void {
    this.insertElement(tag);
    this.tokenizer.textMode = textMode;
    this.originalMode = this.mode;
    this.mode = modes.text;
  }

  insertText(text: string): void {
    const { document } = this;
    let parent = this.open.current;
    let before = -1;
    if (!this.#isPlain(parent)) [parent, before] = this.#place(parent);
    if (document.key[parent] === kinds.document) return;
    const previous = before < 0 ? document.last[parent]! : document.previous[before]!;
    if (previous >= 0 && document.key[previous] === kinds.text) {
      document.lengthen(previous, text);
      return;
    }
    const node = document.createText(kinds.text, this.tokenizer.numberOf(text));
    if (before < 0) document.append(parent, node);
    else document.insertBefore(before, node);
  }

  /** Puts a node at the appropriate place, as if `target` were the current node. */
  insert(node: number, target = this.open.current): void {
    if (this.#isPlain(target)) {
      this.document.append(target, node);
      return;
    }
    const [parent, before] = this.#place(target);
    if (before < 0) this.document.append(parent, node);
    else this.document.insertBefore(before, node);
  }

  /** Whether a node goes where `#place` says without a look at what is open: at the end of the target. */
  #isPlain(target: number): boolean {
    return !this.fosterParenting && (this.open.size <= deepest || target !== this.open.current);
  }

  /** Parent, and the sibling before which a node goes (-1: at the end). */
  #place(target: number): readonly [number, number] {
    const { document, open } = this;
    const key = document.key[target]!;
    if (this.fosterParenting && (traitsOf(key) & traits.tableRowContext) !== 0) {
      const lastTemplate = open.last(template);
      const lastTable = open.last(table);
      if (lastTemplate >= 0 && lastTemplate > lastTable) return [open.nodes[lastTemplate]!, -1];
      if (lastTable < 0) return [open.nodes[0]!, -1];
      const node = open.nodes[lastTable]!;
      const parent = document.parent[node]!;
      return parent >= 0 ? [parent, node] : [open.nodes[lastTable - 1]!, -1];
    }
    if (open.size > deepest && target === open.current) return [open.nodes[deepest - 1]!, -1];
    return [target, -1];
  }

  hasInScope(key: number, boundary: Boundary = traits.scope): boolean {
    return this.open.inScope(key, boundary);
  }

  closeParagraph(): void {
    if (!this.open.inScope(paragraph, traits.buttonScope)) return;
    this.popThrough(paragraph);
  }

  /** Pops elements whose end tag is implied, all but those of the key. */
  impliedEndTags(except = -1, trait: number = traits.impliedEnd): void {
    const { open } = this;
    while (open.currentKey !== except && (traitsOf(open.currentKey) & trait) !== 0) open.pop();
  }

  /** Pops up to and with the last element of the key, which is open. */
  popThrough(key: number): void {
    this.open.popTo(this.open.last(key));
  }

  /** Opens again what was open when a block ended. */
  reconstructFormatting(): void {
    const { entries } = this.formatting;
    const { document } = this;
    let at = entries.length - 1;
    if (at < 0 || entries[at]! < 0 || document.isOpen[entries[at]!] === 1) return;
    while (at > 0 && entries[at - 1]! >= 0 && document.isOpen[entries[at - 1]!] === 0) at--;
    for (; at < entries.length; at++) {
      const node = entries[at]!;
      entries[at] = this.insertOpen(document.key[node]!, document.attributes[node]!);
      if (document.key[node] === anchor) document.reopenedLinks.add(entries[at]!);
    }
  }

  /** "Reset the insertion mode appropriately": by the innermost open element that has a mode. */
  resetMode(): void {
    let innermost = -1;
    let found = html;
    for (const key of modeElements) {
      const place = this.open.last(key);
      if (place <= innermost) continue;
      innermost = place;
      found = key;
    }
    if (found === template) this.mode = this.templateModes[this.templateModes.length - 1]!;
    else if (found === html) this.mode = this.head < 0 ? modes.beforeHead : modes.afterHead;
    else this.mode = modeOfElement.get(found)!;
  }

  flushTableText(): void {
    const text = this.tableText;
    this.tableText = '';
    if (!/[^\t\n\f\r ]/.test(text)) {
      this.insertText(text);
      return;
    }
    this.fosterParenting = true;
    this.rules.modes[modes.inBody]!.characters(this, text);
    this.fosterParenting = false;
  }
}

const anchor = elementKey('a');
const paragraph = elementKey('p');
