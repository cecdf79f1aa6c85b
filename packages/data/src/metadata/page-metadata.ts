/**
 * What a page says of itself: title, authors, date, site, language, licence and address, from JSON-LD, Open
 * Graph, Dublin Core and the other names of `meta`, microdata, links and the head of the text. The order of
 * the sources was chosen on the development pages of WCXB. Left out: dates and authors that only the prose
 * names, RDFa beyond `rel=license`.
 */
import type { HtmlDocument } from '../html/html-document.js';
import { ownString } from '../words/own-string.js';
import { cleanAuthors } from './author-names.js';
import { parseDate } from './dates.js';
import { type JsonLdFindings, readJsonLd } from './json-ld.js';
import { licenseOf } from './licenses.js';
import { collectMarkup, type Markup } from './markup.js';
import { resolveUrl } from './page-links.js';
import { chooseTitle } from './titles.js';

/** What is not said is left out. */
export interface PageMetadata {
  readonly title?: string | undefined;
  /** Names, apart by `; `. */
  readonly author?: string | undefined;
  /** When it was published, or else changed: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly date?: string | undefined;
  readonly site?: string | undefined;
  /** As declared, a BCP 47 tag. */
  readonly language?: string | undefined;
  /** SPDX where it is known (`CC-BY-SA-4.0`), otherwise as the page names it. */
  readonly license?: string | undefined;
  readonly licenseUrl?: string | undefined;
  /** The address that the page gives as its own. */
  readonly canonicalUrl?: string | undefined;
}

/** `url`: where the page was found; relative addresses need it. */
export function readMetadata(document: HtmlDocument, url?: string): PageMetadata {
  const markup = collectMarkup(document);
  const base = resolveUrl(markup.base, url) ?? url;
  const resolve = (link: string | undefined): string | undefined => resolveUrl(link, base);
  const data = readJsonLd(document);
  const { meta } = markup;
  const site = siteOf(markup, data);
  const canonicalUrl = resolve(first(markup.canonical, meta.get('og:url'), data.url));
  const found: PageMetadata = {
    title: chooseTitle(markup, data.headline, site),
    author: authorOf(markup, data.authors),
    date: dateOf(markup, data.dates, canonicalUrl ?? url),
    site,
    language: languageOf(
      first(markup.language, meta.get('content-language'), meta.get('og:locale'), data.language),
    ),
    canonicalUrl,
    ...licenseOf(markup, data.license, resolve),
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, ownString(value.slice(0, 1000))]],
    ),
  );
}

/** The title alone, as `readMetadata` gives it, in a fraction of its time. */
export function readTitle(document: HtmlDocument): string | undefined {
  const markup = collectMarkup(document, true);
  const data = readJsonLd(document);
  const title = chooseTitle(markup, data.headline, siteOf(markup, data));
  return title === undefined ? undefined : ownString(title.slice(0, 1000));
}

function siteOf({ meta }: Markup, data: JsonLdFindings): string | undefined {
  return first(
    meta.get('og:site_name'),
    data.site,
    meta.get('application-name'),
    meta.get('dc.publisher'),
    meta.get('citation_journal_title'),
    meta.get('apple-mobile-web-app-title'),
  );
}

function first(...candidates: readonly (string | undefined)[]): string | undefined {
  return candidates.find((text) => text !== undefined && text !== '');
}

function authorOf(markup: Markup, ofData: readonly string[]): string | undefined {
  const { meta } = markup;
  const candidates = [
    ofData,
    markup.metaAuthors,
    [
      meta.get('parsely-author'),
      meta.get('sailthru.author'),
      meta.get('byl'),
      meta.get('twitter:data1-author'),
    ],
    markup.itemAuthors,
    // A page with many bylines lists other pages.
    new Set(markup.bylines).size > 4 ? [] : markup.bylines.slice(0, 1),
  ];
  for (const names of candidates) {
    const clean = cleanAuthors(names.filter((name) => name !== undefined));
    if (clean.length > 0) return clean.join('; ');
  }
  return undefined;
}

const publishedNames = [
  'article:published_time',
  'og:article:published_time',
  'bt:pubdate',
  'parsely-pub-date',
  'sailthru.date',
  'dc.date.issued',
  'dcterms.issued',
  'dc.date.created',
  'dcterms.created',
  'dcterms.date',
  'dc.date',
  'citation_publication_date',
  'citation_date',
  'article.published',
  'pubdate',
  'publish-date',
  'publish_date',
  'publication_date',
  'datepublished',
  'og:published_time',
  'article_date_original',
  'cxenseparse:recs:publishtime',
  'date',
  'created',
  'ms.date',
];
const changedNames = [
  'article:modified_time',
  'og:updated_time',
  'dcterms.modified',
  'dc.date.modified',
  'last-modified',
  'datemodified',
  'revised',
];

function dateOf(
  markup: Markup,
  data: { readonly published: readonly string[]; readonly changed: readonly string[] },
  url: string | undefined,
): string | undefined {
  const { meta } = markup;
  const inUrl = /\/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:\/|-|$)/.exec(url ?? '');
  const candidates = [
    ...data.published,
    ...publishedNames.map((name) => meta.get(name)),
    ...markup.itemDates,
    ...markup.times,
    inUrl === null ? undefined : `${inUrl[1]}-${inUrl[2]}-${inUrl[3]}`,
    ...markup.dateLines,
    ...markup.dateTexts,
    ...data.changed,
    ...changedNames.map((name) => meta.get(name)),
  ];
  for (const text of candidates) {
    const date = text === undefined ? undefined : parseDate(text);
    if (date !== undefined) return date;
  }
  return undefined;
}

function languageOf(declared: string | undefined): string | undefined {
  const found = /^\s*([a-z]{2,3}(?:[-_][a-z\d]{1,8})*)\s*(?:,|;|$)/i.exec(declared ?? '');
  return found?.[1]?.replaceAll('_', '-');
}
