/** What of a page's markup speaks of the page: collected in one walk. */
import { decodeHTML } from 'entities/decode';
import { attributeNumber, noAttributes } from '../html/attribute-lists.js';
import { cleanText } from '../html/clean-text.js';
import { elementKey, kinds, namespaces } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';
import { following, textBelow } from '../html/walk.js';

export interface Markup {
  /** By lower-case name or property; the first that is not empty. */
  readonly meta: Map<string, string>;
  readonly metaAuthors: string[];
  /** Text of `title`. */
  title: string | undefined;
  readonly headings: string[];
  base: string | undefined;
  canonical: string | undefined;
  language: string | undefined;
  readonly licenseLinks: { readonly url: string; readonly text: string }[];
  /** Other links to the licences of Creative Commons. */
  readonly commonsLinks: string[];
  readonly itemAuthors: string[];
  readonly itemDates: string[];
  itemHeadline: string | undefined;
  /** Of elements that a class or `rel` names the author. */
  readonly bylines: string[];
  /** `datetime` of `time` elements, those that are named the publication first. */
  readonly times: string[];
  /** Short texts of elements whose class names a date. */
  readonly dateLines: string[];
  /** Dates written near the first heading. */
  readonly dateTexts: string[];
}

const authorNames = new Set([
  'author',
  'article:author',
  'og:article:author',
  'dc.creator',
  'dc.creator.personalname',
  'dcterms.creator',
  'citation_author',
  'article:author_name',
  'article.author',
  'creator',
]);

const className = attributeNumber('class');
const relName = attributeNumber('rel');
const itempropName = attributeNumber('itemprop');
const datetimeName = attributeNumber('datetime');

const titleKey = elementKey('title');
const headingKey = elementKey('h1');
const timeKey = elementKey('time');

const mostOfAKind = 20;
const longestContent = 2000;
/** Texts after the first heading among which a date is that of the page. */
const nearHeading = 40;
/** In every date that `fullDate` knows, and in few texts. */
const year = /(?:19|20)\d\d/;
const fullDate =
  /(?:^|\D)(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|\p{L}{3,}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th|\.)? (?:de )?\p{L}{3,}\.?,? (?:de )?(?:19|20)\d\d)(?:\D|$)/u;

/** What a title is made of, beside JSON-LD. */
const titleParts = new Set(['meta', 'title', 'h1'].map(elementKey));

/** `forTitle`: only what `titleParts` names. */
export function collectMarkup(document: HtmlDocument, forTitle = false): Markup {
  const markup: Markup = {
    meta: new Map(),
    metaAuthors: [],
    title: undefined,
    headings: [],
    base: undefined,
    canonical: undefined,
    language: undefined,
    licenseLinks: [],
    commonsLinks: [],
    itemAuthors: [],
    itemDates: [],
    itemHeadline: undefined,
    bylines: [],
    times: [],
    dateLines: [],
    dateTexts: [],
  };
  /** Texts after the first heading. */
  let texts = Number.POSITIVE_INFINITY;
  for (let node = 0; node < document.size; node++) {
    const key = document.key[node]!;
    if (forTitle && !titleParts.has(key)) continue;
    if (key === kinds.text && texts < nearHeading) {
      const text = document.textOf(node).trim();
      if (text !== '') texts++;
      if (text.length < 60 && year.test(text) && fullDate.test(text)) markup.dateTexts.push(tidy(text));
    }
    if (key < 0 || (key & 3) !== namespaces.html) continue;
    const attributes = document.attributes[node]!;
    if (attributes === noAttributes && key !== titleKey && key !== headingKey && key !== timeKey) continue;
    const name = document.names.name(key);
    switch (name) {
      case 'html':
        markup.language ??= document.attribute(node, 'lang') ?? document.attribute(node, 'xml:lang');
        break;
      case 'meta':
        addMeta(markup, document, node);
        break;
      case 'title':
        markup.title ??= tidy(textBelow(document, node).slice(0, longestContent));
        break;
      case 'h1':
        if (texts > nearHeading) texts = 0;
        if (markup.headings.length < mostOfAKind) {
          const text = shortText(document, node, 400);
          if (text !== '') markup.headings.push(text);
        }
        break;
      case 'base':
        markup.base ??= document.attribute(node, 'href')?.trim();
        break;
      case 'link':
      case 'a':
        addLink(markup, document, node, name);
        break;
      case 'time':
        addTime(markup, document, node);
        break;
    }
    if (!forTitle) addNamed(markup, document, node, name, attributes);
  }
  return markup;
}

function addMeta(markup: Markup, document: HtmlDocument, node: number): void {
  const content = tidy((document.attribute(node, 'content') ?? '').slice(0, longestContent));
  if (content === '') return;
  for (const attribute of ['name', 'property', 'http-equiv', 'itemprop']) {
    const name = document
      .attribute(node, attribute)
      ?.trim()
      .toLowerCase()
      .replace(/^dc:/, 'dc.')
      .replace(/^dcterms:/, 'dcterms.');
    if (name === undefined || name === '') continue;
    if (!markup.meta.has(name)) markup.meta.set(name, content);
    if (authorNames.has(name) && markup.metaAuthors.length < mostOfAKind) markup.metaAuthors.push(content);
  }
}

function addLink(markup: Markup, document: HtmlDocument, node: number, name: string): void {
  const href = document.attribute(node, 'href')?.trim();
  if (href === undefined || href === '') return;
  const rel = document.attribute(node, 'rel');
  if (rel !== undefined) {
    const relations = rel.toLowerCase().split(/\s+/);
    if (name === 'link' && relations.includes('canonical')) markup.canonical ??= href;
    if (relations.includes('license') || relations.includes('cc:license')) {
      if (markup.licenseLinks.length < mostOfAKind)
        markup.licenseLinks.push({ url: href, text: shortText(document, node, 100) });
      return;
    }
    if (name === 'a' && relations.includes('author')) addShort(markup.bylines, document, node);
  }
  if (/creativecommons\.org\/(?:licenses|publicdomain)\//i.test(href) && markup.commonsLinks.length < 100)
    markup.commonsLinks.push(href);
}

function addTime(markup: Markup, document: HtmlDocument, node: number): void {
  const datetime = document.attribute(node, 'datetime') ?? shortText(document, node, 60);
  if (datetime === '' || markup.times.length >= mostOfAKind) return;
  const names =
    `${document.attribute(node, 'class') ?? ''} ${document.attribute(node, 'itemprop') ?? ''}`.toLowerCase();
  const isPublication =
    /publish|entry-date|post-date|posted|created/.test(names) ||
    document.attribute(node, 'pubdate') !== undefined;
  if (isPublication && !/updated(?! published)/.test(names)) markup.times.unshift(datetime);
  else markup.times.push(datetime);
}

const bylineClass =
  /(?:^|[\s_-])(?:author|byline|auteur|autor)(?:[_-]?(?:name|link|title))?(?:$|[\s_])|(?:^|\s)(?:p-author|fn|vcard)(?:$|\s)/;
const dateClass =
  /(?:^|[\s_-])(?:date|published|pubdate|posted-on|timestamp|datetime|publish-date|entry-date)(?:$|[\s_-])/;

/** A part of every name that `bylineClass` or `dateClass` knows: few classes hold one. */
const mayName = /aut|byline|fn|vcard|date|publi|poste|timest/i;

function classSays(value: string): 'byline' | 'date' | 'nothing' {
  if (!mayName.test(value)) return 'nothing';
  const lower = value.toLowerCase();
  return bylineClass.test(lower) ? 'byline' : dateClass.test(lower) ? 'date' : 'nothing';
}

function addNamed(
  markup: Markup,
  document: HtmlDocument,
  node: number,
  tag: string,
  attributes: number,
): void {
  const { lists } = document;
  for (let at = 0, count = lists.count(attributes); at < count; at++) {
    const name = lists.nameNumber(attributes, at);
    if (name === datetimeName && tag !== 'time' && markup.times.length < mostOfAKind)
      markup.times.push(lists.value(attributes, at));
    if (name === itempropName) addItem(markup, document, node, lists.value(attributes, at).toLowerCase());
    else if (name === className || name === relName) {
      if (tag === 'body' || tag === 'html') continue;
      const value = lists.value(attributes, at);
      if (value.length > 200) continue;
      const says = classSays(value);
      if (says === 'byline') addShort(markup.bylines, document, node);
      else if (says === 'date' && markup.dateLines.length < mostOfAKind) {
        const text = shortText(document, node, 80);
        if (text !== '') markup.dateLines.push(text);
      }
    }
  }
}

function addItem(markup: Markup, document: HtmlDocument, node: number, property: string): void {
  const value = (): string =>
    tidy(
      document.attribute(node, 'content') ??
        document.attribute(node, 'datetime') ??
        shortText(document, node, 300),
    );
  if (property === 'author' || property === 'creator') {
    if (markup.itemAuthors.length < mostOfAKind) markup.itemAuthors.push(itemName(document, node) ?? value());
  } else if (property === 'datepublished' || property === 'datecreated') {
    if (markup.itemDates.length < mostOfAKind) markup.itemDates.push(value());
  } else if (property === 'headline') markup.itemHeadline ??= value();
}

/** `itemprop=name` in the item of an author. */
function itemName(document: HtmlDocument, root: number): string | undefined {
  let looked = 0;
  for (
    let node = document.first[root]!;
    node >= 0 && node !== root && looked++ < 30;
    node = following(document, node, root)
  ) {
    if (document.key[node]! < 0 || document.attribute(node, 'itemprop')?.toLowerCase() !== 'name') continue;
    return tidy(document.attribute(node, 'content') ?? shortText(document, node, 100));
  }
  return undefined;
}

function addShort(texts: string[], document: HtmlDocument, node: number): void {
  if (texts.length >= mostOfAKind) return;
  const text = shortText(document, node, 120);
  if (text !== '') texts.push(text);
}

/** The text below a node; empty when it is longer. Looks at a few nodes only. */
function shortText(document: HtmlDocument, root: number, longest: number): string {
  let text = '';
  let looked = 0;
  for (let node = document.first[root]!; node >= 0 && node !== root; node = following(document, node, root)) {
    if (++looked > 60) return '';
    const key = document.key[node]!;
    if (key === kinds.text) {
      const parent = document.key[document.parent[node]!]!;
      const tag = parent < 0 ? '' : document.names.name(parent);
      if (tag === 'script' || tag === 'style' || tag === 'noscript') continue;
      const piece = document.textOf(node);
      if (piece.length > 20 * longest) return '';
      text += piece;
      // Source indentation counts for nothing.
      if (text.length > 4 * longest && tidy(text).length > longest) return '';
    } else if (key >= 0 && text !== '' && !text.endsWith(' ')) text += blockBreak(document.names.name(key));
  }
  const short = tidy(text);
  return short.length > longest ? '' : short;
}

const blockBreak = (tag: string): string => (/^(?:div|p|br|li|h\d|td|section)$/.test(tag) ? ' ' : '');

/** Without invisible characters, references that were written twice, and runs of white space. */
export function tidy(text: string): string {
  const decoded = /&(?:#?\w+);/.test(text) ? decodeHTML(text) : text;
  return cleanText(decoded).replace(/\s+/g, ' ').trim();
}
