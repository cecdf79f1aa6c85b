import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, it } from 'vitest';
import { parseHtml } from '../html/parse-html.js';
import { type PageMetadata, readMetadata } from './page-metadata.js';

const of = (html: string, url?: string): PageMetadata => readMetadata(parseHtml(html), url);

describe('readMetadata', () => {
  it('reads JSON-LD, with parts that refer to each other', () => {
    const data = {
      '@graph': [
        { '@type': 'WebSite', name: 'The Harbour &amp; Post' },
        { '@type': 'Person', '@id': '#anna', name: 'Anna Gray' },
        {
          '@type': ['Thing', 'NewsArticle'],
          headline: 'The bell',
          author: [{ '@id': '#anna' }, { '@type': 'Person', givenName: 'Ben', familyName: 'Stone' }],
          datePublished: '2020-01-05T10:00:00Z',
          dateModified: '2021-01-01',
          inLanguage: 'en-GB',
          license: 'https://creativecommons.org/licenses/by-sa/4.0/deed.de',
          url: '/bell',
        },
      ],
    };
    expect(
      of(`<script type="application/ld+json">${JSON.stringify(data)}</script>`, 'https://e.org/x'),
    ).toEqual({
      title: 'The bell',
      author: 'Anna Gray; Ben Stone',
      date: '2020-01-05',
      site: 'The Harbour & Post',
      language: 'en-GB',
      license: 'CC-BY-SA-4.0',
      licenseUrl: 'https://creativecommons.org/licenses/by-sa/4.0/deed.de',
      canonicalUrl: 'https://e.org/bell',
    });
  });

  it('reads Open Graph and Dublin Core', () => {
    const html =
      '<html lang="de-AT"><meta property="og:title" content="Die Glocke | Hafenpost"><meta property="og:site_name" content="Hafenpost">' +
      '<meta name="DC.creator" content="Anna Grau"><meta name="DC.creator" content="Ben Stein"><meta name="DC.date.issued" content="2020-01-05">' +
      '<meta name="DC.rights" content="Creative Commons Attribution-ShareAlike 3.0"><link rel=canonical href="/glocke">';
    expect(of(html, 'https://e.org/a/b')).toEqual({
      title: 'Die Glocke',
      author: 'Anna Grau; Ben Stein',
      date: '2020-01-05',
      site: 'Hafenpost',
      language: 'de-AT',
      license: 'CC-BY-SA-3.0',
      canonicalUrl: 'https://e.org/glocke',
    });
  });

  it('reads microdata, links and the head of the text', () => {
    const html =
      '<title>The bell - Harbour Post</title><h1>The bell</h1><div itemprop=author itemscope><a href=/anna><span itemprop=name>Anna Gray</span></a></div>' +
      '<time class=entry-date datetime="2020-01-05">yesterday</time><a rel=license href="https://creativecommons.org/publicdomain/zero/1.0/">CC0</a>';
    expect(of(html)).toEqual({
      title: 'The bell',
      author: 'Anna Gray',
      date: '2020-01-05',
      license: 'CC0-1.0',
      licenseUrl: 'https://creativecommons.org/publicdomain/zero/1.0/',
    });
    expect(of('<p class=byline>By Anna Gray</p><h1>The old bell</h1><p>January 5, 2020</p>')).toEqual({
      title: 'The old bell',
      author: 'Anna Gray',
      date: '2020-01-05',
    });
  });

  it('says nothing where the page says several things, or nothing', () => {
    const licences =
      '<a href="https://creativecommons.org/licenses/by/2.0/">a</a><a href="https://creativecommons.org/licenses/by-nd/2.0/">b</a>';
    expect(of(licences).license).toBeUndefined();
    expect(of('<meta name=copyright content="(c) 2020 The Harbour Post, all rights reserved">')).toEqual({});
    expect(of('<script type="application/ld+json">{"@type":"Article","headline":</script>')).toEqual({});
    expect(
      of(`<script type="application/ld+json">${'{"@value":'.repeat(50_000)}1${'}'.repeat(50_000)}</script>`),
    ).toEqual({});
  });

  const folder = sharedDataPath('html-wcxb');
  it.skipIf(folder === undefined)(
    'finds what people found on every fourth real page',
    { timeout: 60_000 },
    () => {
      interface Row {
        readonly offset: number;
        readonly url: string;
        readonly truth: {
          readonly title: string;
          readonly author: string | null;
          readonly publish_date: string | null;
        };
      }
      const archive = readFileSync(`${folder}/pages.warc.gz`);
      const rows = gunzipSync(readFileSync(`${folder}/index.jsonl.gz`))
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
        .sort((a, b) => a.offset - b.offset);
      const plain = (text: string): string =>
        text
          .toLowerCase()
          .replace(/[^\p{L}\p{N}]+/gu, ' ')
          .trim();
      const right = { titles: 0, dates: 0, dated: 0, pages: 0 };
      for (let at = 0; at < rows.length; at += 4) {
        const { offset, url, truth } = rows[at]!;
        const record = gunzipSync(archive.subarray(offset, rows[at + 1]?.offset)).toString('utf8');
        const found = of(record.slice(record.indexOf('\r\n\r\n', record.indexOf('\r\n\r\n') + 4)), url);
        right.pages++;
        if (plain(found.title ?? '') === plain(truth.title)) right.titles++;
        if (truth.publish_date === null) continue;
        right.dated++;
        if (found.date === truth.publish_date.slice(0, 10)) right.dates++;
      }
      // trafilatura 2.3.1 has .494 of the titles and .795 of the dates of all 547 pages.
      expect(right.pages).toBe(137);
      expect(right.titles / right.pages).toBeGreaterThan(0.65);
      expect(right.dates / right.dated).toBeGreaterThan(0.8);
    },
  );
});
