/**
 * The content of a page whose markup holds none, or far less than the page declares elsewhere: in JSON-LD, in
 * the data that its scripts would fill it from, or at the least in its description. What is found there is
 * HTML or plain text that others wrote: it goes through the parser like a page.
 */
import { decodeHTML } from 'entities/decode';
import { noAttributes } from '../html/attribute-lists.js';
import { elementKey } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';
import { jsonLdOf, scriptsOf } from '../metadata/json-ld-items.js';
import { type BuiltContent, buildContent, type ContentDetail } from './block-builder.js';
import { declaredTexts } from './declared-texts.js';
import { hydrationTexts } from './hydration-texts.js';
import { type PageTree, type ParseLimits, parsePage } from './page-tree.js';

export interface DeclaredContent extends BuiltContent {
  /** The F1 that is expected of the text. */
  readonly confidence: number;
}

/** What is declared is as many times as long as what the markup gave. */
const farMore = 2;
/** Characters: shorter texts are slogans. */
const leastText = 150;
/** A page with more text than this is no shell. */
const mostOfShell = 100;

/** `text`: what the markup gave. */
export function declaredContent(
  tree: PageTree,
  text: string,
  options: ParseLimits & {
    readonly comments?: boolean | undefined;
    readonly summary: boolean;
    readonly detail: ContentDetail;
  },
): DeclaredContent | undefined {
  const { document } = tree;
  const isFarMore = (length: number): boolean => length >= leastText && length > farMore * text.length;
  const sources = [
    // By judgement: too few pages whose text is known have no other.
    { confidence: 0.9, texts: () => declaredTexts(jsonLdOf(document), options.comments === true) },
    { confidence: 0.6, texts: () => (text.length > mostOfShell ? [] : hydrationTexts(pageData(document))) },
    {
      confidence: 0.3,
      texts: () => (text.length <= mostOfShell && options.summary ? summary(document) : []),
    },
  ];
  for (const { confidence, texts } of sources) {
    const found = texts();
    // Tags and entities count here and are gone in the text: what is too short as it is stays so.
    if (!isFarMore(found.reduce((sum, one) => sum + one.length, 0))) continue;
    const inner = parsePage(found.map(asHtml).join('\n'), options);
    if (inner === undefined) continue;
    const content = buildContent(inner, [0], hiddenNodes(inner), options.detail);
    if (isFarMore(content.text.length)) return { ...content, confidence };
  }
  return undefined;
}

const metaKey = elementKey('meta');

/** `window.__INITIAL_STATE__ = {…};` */
const assignment = /^\s*(?:(?:var|let|const)\s+)?[\w$.]+(?:\[["'][\w$]+["']\])?\s*=\s*(?=[{[])/;

/** The JSON that a page carries for its scripts. */
function pageData(document: HtmlDocument): string[] {
  const data: string[] = [];
  const { lists } = document;
  for (let node = 0; node < document.size; node++) {
    const attributes = document.attributes[node]!;
    if (attributes === noAttributes) continue;
    for (let at = 0, count = lists.count(attributes); at < count; at++) {
      const value = lists.value(attributes, at);
      if (value.length > leastText && /^\s*[{[]/.test(value)) data.push(value);
    }
  }
  for (const script of scriptsOf(document, (type) => !/ld\+json|importmap|speculation/i.test(type))) {
    const begin = /^\s*[{[]/.test(script) ? 0 : (assignment.exec(script)?.[0].length ?? -1);
    if (begin >= 0) data.push(script.slice(begin).trim().replace(/;$/, ''));
  }
  return data;
}

/** What the page says of itself in a few sentences. */
function summary(document: HtmlDocument): string[] {
  const { key, size } = document;
  let longest = '';
  for (let node = key.indexOf(metaKey); node >= 0 && node < size; node = key.indexOf(metaKey, node + 1)) {
    const name = document.attribute(node, 'property') ?? document.attribute(node, 'name') ?? '';
    const content = document.attribute(node, 'content') ?? '';
    if (/^(?:og:|twitter:)?description$/i.test(name) && content.length > longest.length) longest = content;
  }
  return longest === '' ? [] : [longest];
}

const tags = /<\/?[a-z][^<>]*>/i;
const escapedTags = /&lt;\/?[a-z]/i;

/** Lines of plain text are paragraphs. Some escape the tags of HTML once more. */
function asHtml(text: string): string {
  if (tags.test(text)) return `<div>${text}</div>`;
  if (escapedTags.test(text)) return `<div>${decodeHTML(text)}</div>`;
  const lines = text.split(/[\r\n]+/).map((line) => `<p>${line.replaceAll('<', '&lt;')}</p>`);
  return `<div>${lines.join('')}</div>`;
}

function hiddenNodes(tree: PageTree): Uint8Array {
  const hidden = new Uint8Array(tree.size);
  for (const node of tree.hidden) hidden[node] = 1;
  return hidden;
}
