/**
 * HTML → tags, text and comments, after the WHATWG standard's tokenization, with one pass of `indexOf` where
 * the standard has states. Whoever builds the tree says after a start tag how the text that follows is read
 * (`textFor`). Character references are read by the `entities` library. Left out: parse errors, and input in
 * pieces.
 */
import { decodeHTML } from 'entities/decode';
import { noAttributes } from './attribute-lists.js';
import { type Doctype, readDoctype } from './doctype.js';
import type { HtmlDocument } from './html-document.js';
import { commentEnd, rawTextEnd, ScriptText } from './raw-text.js';
import { firstHash, nextHash } from './word-table.js';

/** A start or end tag. One object is used for all of them. */
export interface Tag {
  /** Of the name table. */
  number: number;
  name: string;
  /** Of the document's lists. */
  attributes: number;
  selfClosing: boolean;
}

export interface TokenSink {
  startTag(tag: Tag): void;
  endTag(tag: Tag): void;
  /** Not empty. */
  characters(text: string): void;
  comment(text: string): void;
  doctype(doctype: Doctype): void;
  end(): void;
  /** Whether `<![CDATA[` starts text here: inside SVG and MathML. */
  readonly inForeignContent: boolean;
}

/** How text is read: with tags, up to an end tag (with character references or without), or to the end. */
export type TextMode = 'data' | 'escapable' | 'raw' | 'script' | 'plain';

const tab = 9;
const lineFeed = 10;
const formFeed = 12;
const blank = 32;
const bang = 33;
const doubleQuote = 34;
const quote = 39;
const slash = 47;
const equals = 61;
const greater = 62;
const question = 63;

const isSpace = (code: number): boolean =>
  code === blank || code === lineFeed || code === tab || code === formFeed;
const hasUpperCase = /[A-Z]/;
const upperCase = /[A-Z]+/g;

/** Of ASCII alone: other letters of a name are told apart. */
const lowerCase = (name: string): string =>
  hasUpperCase.test(name) ? name.replace(upperCase, (letters) => letters.toLowerCase()) : name;

const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

export class Tokenizer {
  /** Set by the sink in `startTag`; an end tag of the element's name sets it back. */
  textMode: TextMode = 'data';
  readonly #html: string;
  readonly #hasNul: boolean;
  readonly #script: ScriptText;
  readonly #tag: Tag = { number: 0, name: '', attributes: noAttributes, selfClosing: false };
  #at = 0;
  /** Where the text that the sink was given last stands in the page; an empty range where it does not. */
  #textStart = 0;
  #textEnd = 0;

  constructor(
    html: string,
    readonly document: HtmlDocument,
    readonly sink: TokenSink,
  ) {
    this.#html = html.includes('\r') ? html.replace(/\r\n?/g, '\n') : html;
    this.#hasNul = html.includes('\0');
    document.lists.readFrom(this.#html, this.#hasNul);
    document.texts.readFrom(this.#html);
    document.partRead = () => this.#at / this.#html.length;
    this.#script = new ScriptText(this.#html);
  }

  run(): void {
    const html = this.#html;
    while (this.#at < html.length) {
      if (this.textMode !== 'data') {
        this.#rawText();
        continue;
      }
      const start = this.#at;
      let open = html.indexOf('<', start);
      // A `<` that opens nothing is text.
      while (open >= 0 && !opensMarkup(html, open)) open = html.indexOf('<', open + 1);
      if (open < 0) open = html.length;
      if (open > start) this.#text(start, open, true);
      this.#at = open;
      if (open < html.length) this.#markup(open);
    }
    this.sink.end();
  }

  #text(start: number, end: number, references: boolean): void {
    let text = this.#html.slice(start, end);
    const isVerbatim = !references || !text.includes('&');
    if (!isVerbatim) text = decodeHTML(text);
    this.#emit(text, start, isVerbatim ? end : start);
  }

  #emit(text: string, start: number, end: number): void {
    if (text === '') return;
    this.#textStart = start;
    this.#textEnd = this.#hasNul ? start : end;
    this.sink.characters(text);
  }

  /**
   * The number of a text that was made of what the sink was given last by leaving something out, or not. A
   * text as long as that is that.
   */
  numberOf(text: string): number {
    const { texts } = this.document;
    const isVerbatim = text.length === this.#textEnd - this.#textStart;
    return isVerbatim ? texts.inPage(this.#textStart, this.#textEnd) : texts.add(text);
  }

  /** The text of the element that was opened last, up to its end tag. */
  #rawText(): void {
    const html = this.#html;
    const start = this.#at;
    const mode = this.textMode;
    let end = html.length;
    if (mode === 'script') end = this.#script.end(start);
    else if (mode !== 'plain') end = rawTextEnd(html, start, this.#tag.name);
    if (end > start) {
      let text = html.slice(start, end);
      if (this.#hasNul) text = text.replaceAll('\0', '\ufffd');
      const isVerbatim = mode !== 'escapable' || !text.includes('&');
      if (!isVerbatim) text = decodeHTML(text);
      this.#emit(text, start, isVerbatim ? end : start);
    }
    this.textMode = 'data';
    this.#at = end;
  }

  #markup(open: number): void {
    const code = this.#html.charCodeAt(open + 1);
    if (code === slash) this.#endTag(open);
    else if (code === bang) this.#declaration(open);
    else if (code === question) this.#bogusComment(open + 1);
    else if (this.#readTag(open + 1)) this.sink.startTag(this.#tag);
  }

  #endTag(open: number): void {
    const code = this.#html.charCodeAt(open + 2);
    if (isLetter(code)) {
      if (this.#readTag(open + 2)) this.sink.endTag(this.#tag);
    } else if (code === greater) this.#at = open + 3;
    else this.#bogusComment(open + 2);
  }

  #bogusComment(start: number): void {
    const html = this.#html;
    const close = html.indexOf('>', start);
    const end = close < 0 ? html.length : close;
    this.#at = close < 0 ? html.length : close + 1;
    this.sink.comment(this.#clean(html.slice(start, end)));
  }

  #declaration(open: number): void {
    const html = this.#html;
    if (html.startsWith('--', open + 2)) {
      const { end, next } = commentEnd(html, open + 4);
      this.#at = next;
      this.sink.comment(this.#clean(html.slice(open + 4, Math.max(end, open + 4))));
    } else if (html.slice(open + 2, open + 9).toLowerCase() === 'doctype') {
      const close = html.indexOf('>', open);
      this.#at = close < 0 ? html.length : close + 1;
      this.sink.doctype(
        readDoctype(this.#clean(html.slice(open + 9, close < 0 ? undefined : close)), close < 0),
      );
    } else if (this.sink.inForeignContent && html.startsWith('[CDATA[', open + 2)) {
      const close = html.indexOf(']]>', open + 9);
      const end = close < 0 ? html.length : close;
      if (end > open + 9) this.#text(open + 9, end, false);
      this.#at = close < 0 ? html.length : close + 3;
    } else this.#bogusComment(open + 2);
  }

  /** Reads a tag from its name on. False when the page ends in it. */
  #readTag(start: number): boolean {
    const html = this.#html;
    const tag = this.#tag;
    let at = start;
    let code = html.charCodeAt(at);
    let hash = firstHash;
    while (at < html.length && code !== greater && code !== slash && !isSpace(code)) {
      hash = nextHash(hash, code);
      code = html.charCodeAt(++at);
    }
    const { names } = this.document;
    const found = names.find(html, start, at, hash);
    const number = found >= 0 ? found : names.number(lowerCase(this.#clean(html.slice(start, at))));
    tag.name = names.name(number << 2);
    tag.number = number;
    tag.selfClosing = false;
    tag.attributes = noAttributes;
    if (code !== greater) at = this.#readAttributes(at);
    if (at >= html.length) {
      this.#at = html.length;
      return false;
    }
    this.#at = at + 1;
    return true;
  }

  /** Up to the `>` of the tag, where it returns. */
  #readAttributes(start: number): number {
    const html = this.#html;
    const { length } = html;
    const { lists } = this.document;
    lists.begin();
    let at = start;
    for (;;) {
      let code = html.charCodeAt(at);
      while (isSpace(code)) code = html.charCodeAt(++at);
      if (at >= length) break;
      if (code === greater) break;
      if (code === slash) {
        if (html.charCodeAt(++at) === greater) {
          this.#tag.selfClosing = true;
          break;
        }
        continue;
      }
      const nameStart = at;
      // A name may begin with `=`.
      let hash = firstHash;
      do {
        hash = nextHash(hash, code);
        code = html.charCodeAt(++at);
      } while (at < length && code !== equals && code !== greater && code !== slash && !isSpace(code));
      const known = lists.find(nameStart, at, hash);
      const name = known >= 0 ? known : lists.number(lowerCase(this.#clean(html.slice(nameStart, at))));
      while (isSpace(code)) code = html.charCodeAt(++at);
      let valueStart = at;
      let valueEnd = at;
      if (code === equals) {
        code = html.charCodeAt(++at);
        while (isSpace(code)) code = html.charCodeAt(++at);
        valueStart = at;
        valueEnd = at;
        if (code === doubleQuote || code === quote) {
          valueStart = at + 1;
          valueEnd = html.indexOf(code === quote ? "'" : '"', valueStart);
          at = valueEnd < 0 ? length : valueEnd + 1;
        } else if (code !== greater) {
          while (at < length && code !== greater && !isSpace(code)) code = html.charCodeAt(++at);
          valueEnd = at;
        }
      }
      if (at >= length) break;
      lists.add(name, valueStart, valueEnd);
    }
    // A tag that the page ends in is none.
    if (at < length) this.#tag.attributes = lists.end();
    return Math.min(at, length);
  }

  #clean(text: string): string {
    return this.#hasNul ? text.replaceAll('\0', '\ufffd') : text;
  }
}

function opensMarkup(html: string, open: number): boolean {
  const code = html.charCodeAt(open + 1);
  if (code === bang || code === question || isLetter(code)) return true;
  return code === slash && open + 2 < html.length;
}
