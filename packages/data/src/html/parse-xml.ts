/**
 * XHTML as XML: `<script/>` is closed, nothing is implied, CDATA is text, every element ends. What is not
 * well formed is for the caller to read as HTML; a page that ends too early is taken as far as it goes.
 * Left out: entities that the page declares itself, namespaces other than those of XHTML, SVG and MathML.
 */
import { kinds, namespaces } from './element-names.js';
import { HtmlDocument } from './html-document.js';
import { type Tag, Tokenizer, type TokenSink } from './tokenizer.js';

const namespaceOf: Readonly<Record<string, number>> = {
  'http://www.w3.org/1999/xhtml': namespaces.html,
  'http://www.w3.org/1998/Math/MathML': namespaces.math,
  'http://www.w3.org/2000/svg': namespaces.svg,
};

/** Elements below more than so many others become siblings. */
const deepest = 512;

class NotWellFormed extends Error {}

/** Undefined when the text is not well-formed XML. */
export function parseXml(text: string, maxNodes: number): HtmlDocument | undefined {
  const construction = new XmlConstruction(maxNodes);
  try {
    new Tokenizer(text, construction.document, construction).run();
  } catch (error) {
    if (error instanceof NotWellFormed) return undefined;
    throw error;
  }
  return construction.document;
}

class XmlConstruction implements TokenSink {
  readonly document: HtmlDocument;
  readonly inForeignContent = true;
  readonly #open: number[] = [];
  /** Names of the open elements as they stand in the page. */
  readonly #names: string[] = [];

  constructor(maxNodes: number) {
    this.document = new HtmlDocument(maxNodes);
  }

  startTag(tag: Tag): void {
    const { document } = this;
    const colon = tag.name.indexOf(':');
    const declared = document.lists.get(
      tag.attributes,
      colon < 0 ? 'xmlns' : `xmlns:${tag.name.slice(0, colon)}`,
    );
    const local = tag.name.slice(colon + 1);
    const around = this.#open.length === 0 ? namespaces.html : document.key[this.#open.at(-1)!]! & 3;
    const byName = local === 'svg' ? namespaces.svg : local === 'math' ? namespaces.math : around;
    const namespace = declared === undefined ? byName : (namespaceOf[declared] ?? namespaces.html);
    const key = (document.names.number(local) << 2) | namespace;
    const node = document.create(key, tag.attributes);
    document.append(this.#open[Math.min(this.#open.length, deepest) - 1] ?? 0, node);
    if (tag.selfClosing) return;
    this.#open.push(node);
    this.#names.push(tag.name);
  }

  endTag(tag: Tag): void {
    if (this.#names.pop() !== tag.name) throw new NotWellFormed();
    this.#open.pop();
  }

  characters(text: string): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) return;
    const { document } = this;
    const last = document.last[parent]!;
    if (last >= 0 && document.key[last] === kinds.text) document.lengthen(last, text);
    else document.append(parent, document.createText(kinds.text, document.texts.add(text)));
  }

  comment(): void {}
  doctype(): void {}
  end(): void {}
}
