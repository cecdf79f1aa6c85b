import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readInput } from '../inputs/read-input.js';
import type { Capture, CaptureQuery } from './capture.js';
import { type CrawlPlace, listCrawlFiles, listCrawls } from './crawl-files.js';
import { fetchCaptures } from './fetch-captures.js';
import { type CrawledPage, type CrawlServer, crawl, startCrawlServer } from './fixtures/crawl-server.js';
import { pageAddress } from './page-address.js';
import { searchIndexServer } from './search-index-server.js';
import { searchIndexTable } from './search-index-table.js';

let server: CrawlServer;
let folder: string;
let place: CrawlPlace;

const page = (url: string, surt: string, status = 200): CrawledPage => ({
  url,
  surt,
  status,
  text: `The page ${url}`,
});
const ofExample = [
  page('https://example.org/', 'org,example)/'),
  page('https://www.example.org/a/b?x=1', 'org,example)/a/b?x=1'),
  page('https://blog.example.org/post', 'org,example,blog)/post'),
  page('https://example.org:8080/port', 'org,example:8080)/port'),
  page('https://example.org/gone', 'org,example)/gone', 404),
];
const others = Array.from({ length: 200 }, (_, index) => {
  const name = `${'abcdefghijklmnopqrstuvwxyz'[index % 26]}${index}`;
  return page(`https://${name}.net/`, `net,${name})/`);
});
// Neighbours in the order of the index that are no part of the domain.
const neighbours = [
  page('https://example-shop.org/', 'org,example-shop)/'),
  page('https://examples.org/', 'org,examples)/'),
  page('https://exampl.org/', 'org,exampl)/'),
];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-crawl-'));
  server = await startCrawlServer([...others, ...ofExample, ...neighbours]);
  const storage = { attempts: 3, pauseMilliseconds: 1 };
  place = { crawl, data: server.origin, index: server.origin, storage };
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const urlsOf = async (captures: AsyncIterable<Capture>): Promise<string[]> => {
  const urls: string[] = [];
  for await (const { url } of captures) urls.push(url);
  return urls.sort();
};

describe('the files of a crawl', () => {
  test('all of them, of each kind', async () => {
    expect(await listCrawlFiles(place)).toEqual(server.warcs.map((path) => `${server.origin}/${path}`));
    const wet = await listCrawlFiles({ ...place, kind: 'wet' });
    expect(wet.every((url) => url.endsWith('.wet.gz'))).toBe(true);
    expect(await listCrawls(place)).toEqual([crawl, 'CC-MAIN-2025-51']);
  });

  test('a fraction is some of them, the same for a seed, others for another, all over the list', async () => {
    const one = await listCrawlFiles({ ...place, fraction: 0.01 });
    expect(one.length).toBe(1);
    const starts = await Promise.all(
      Array.from({ length: 12 }, (_, seed) => listCrawlFiles({ ...place, fraction: 0.01, seed })),
    );
    expect(new Set(starts.flat()).size).toBeGreaterThan(2);
    const most = await listCrawlFiles({ ...place, fraction: 0.6, seed: 3 });
    expect([most.length, new Set(most).size]).toEqual([3, 3]);
    expect(await listCrawlFiles({ ...place, fraction: 0.6, seed: 3 })).toEqual(most);
    await expect(listCrawlFiles({ ...place, fraction: 0 })).rejects.toMatchObject({
      code: 'core/option-invalid',
    });
  });

  test('a crawl that is not there is an error that names the newest', async () => {
    const unknown = listCrawlFiles({ ...place, crawl: 'CC-MAIN-2026-99' });
    await expect(unknown).rejects.toMatchObject({ code: 'data/crawl-unknown' });
    await expect(unknown).rejects.toThrow(/CC-MAIN-2026-05, CC-MAIN-2025-51/);
  });

  test('a busy server is waited for', async () => {
    const answers = [503, 429, 503];
    server.faults.push((_, response) => {
      const status = answers.shift();
      if (status !== undefined) response.writeHead(status, { 'retry-after': '0' }).end();
      return status !== undefined;
    });
    await expect(
      listCrawlFiles({ ...place, storage: { attempts: 4, pauseMilliseconds: 1 } }),
    ).resolves.toHaveLength(5);
    expect(answers).toEqual([]);
  });
});

describe.each([
  ['the index server', searchIndexServer],
  ['the index table', searchIndexTable],
])('captures from %s', (_, search) => {
  const find = (query: CaptureQuery): Promise<string[]> => urlsOf(search(place, query));

  test('of a domain with its subdomains, and of no other', async () => {
    const pages = ofExample.filter(({ status }) => status === 200).map(({ url }) => url);
    expect(await find({ domain: 'example.org' })).toEqual(pages.sort());
    expect(await find({ domain: 'blog.example.org' })).toEqual(['https://blog.example.org/post']);
    expect(await find({ domain: 'nowhere.example' })).toEqual([]);
    await expect(find({ domain: 'no domain' })).rejects.toMatchObject({ code: 'core/option-invalid' });
  });

  test('of a list of URLs', async () => {
    const urls = [
      'https://www.example.org/a/b?x=1',
      'https://example.org/',
      'https://a0.net/',
      'https://a0.net/none',
    ];
    expect(await find({ urls })).toEqual([urls[2], urls[1], urls[0]]);
    await expect(find({ urls: ['example.org'] })).rejects.toMatchObject({ code: 'core/option-invalid' });
  });
});

test('of the index table only footers, and what may hold a match, are fetched', async () => {
  server.requests.length = 0;
  expect(await urlsOf(searchIndexTable(place, { domain: 'blog.example.org' }))).toHaveLength(1);
  const tables = [...server.files].filter(([path]) => path.endsWith('.parquet'));
  const size = tables.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const fetched = server.requests
    .map((request) => /bytes=(\d+)-(\d+)/.exec(request))
    .reduce((sum, match) => sum + (match ? Number(match[2]) - Number(match[1]) + 1 : 0), 0);
  expect(size).toBeGreaterThan(4_000_000);
  expect(fetched).toBeLessThan(size / 2);
  expect(server.requests.some((request) => request.includes('robotstxt'))).toBe(false);
});

test('captures become a WARC file of their own, neighbours in one request, and what is gone is counted', async () => {
  const output = join(folder, 'captures.warc.gz');
  const captures: Capture[] = [];
  for await (const capture of searchIndexTable(place, {
    domain: 'example.org',
    urls: ['https://a0.net/', 'https://f5.net/'],
  }))
    captures.push(capture);
  server.requests.length = 0;
  const fetched = await fetchCaptures({ ...place, output, captures: [...captures, ...captures] });
  expect(fetched).toMatchObject({ records: captures.length, skipped: {} });
  // f5 comes right after a0 in its archive.
  const ranges = server.requests.filter((request) => /bytes=(?!0-0)/.test(request));
  expect(ranges.length).toBe(captures.length - 1);
  const urls: string[] = [];
  for await (const item of readInput({ kind: 'warc', path: output }, {}, () => undefined)) {
    expect(item.kind).toBe('keep');
    if (item.kind === 'keep') urls.push(item.page.url);
  }
  expect(urls.sort()).toEqual(captures.map(({ url }) => url).sort());
  const [first] = captures;
  const broken = [
    { ...first!, filename: 'crawl-data/none.warc.gz' },
    { ...first!, offset: first!.offset + 3 },
  ];
  expect(await fetchCaptures({ ...place, output, captures: broken })).toEqual({
    records: 0,
    bytes: 0,
    skipped: { missing: 1, 'no-member': 1 },
  });
});

test('a crawl file is read from where it lies, over a connection that breaks', async () => {
  const [url] = await listCrawlFiles({ ...place, fraction: 0.2 });
  let breaks = 0;
  server.faults.push((request, response, file) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.headers.range === 'bytes=0-0' || request.headers.range === 'bytes=0-3' || breaks++ > 0)
      return false;
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': String(file.length - start),
      ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    response.write(file.subarray(start, start + 1500), () => response.destroy());
    return true;
  });
  let pages = 0;
  for await (const item of readInput({ kind: 'warc', path: url! }, {}, () => undefined))
    if (item.kind !== 'no-page') pages++;
  expect(breaks).toBeGreaterThan(1);
  expect(pages).toBeGreaterThan(35);
}, 30_000);

test('addresses as the index sorts them', () => {
  // surt 0.3.1 of the Internet Archive, but for the closing bracket, path and query
  expect(pageAddress('http://www.Example.org:80/A?b#c')).toEqual({
    host: 'org,example',
    key: 'org,example)/A?b',
  });
  expect(pageAddress('https://xn--bcher-kva.example/')).toMatchObject({ host: 'example,xn--bcher-kva' });
  expect(pageAddress('https://bücher.example/x/')).toMatchObject({ key: 'example,xn--bcher-kva)/x' });
  expect(pageAddress('http://10.0.0.1/')).toMatchObject({ host: '10.0.0.1' });
});
