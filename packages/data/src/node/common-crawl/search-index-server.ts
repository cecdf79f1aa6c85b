/**
 * Captures from the index server (CDX API, as pywb serves it): one query for a domain or for each URL, page
 * by page. The server is small and shared: one request at a time, and a pause where it asks for one.
 */

import { LlmError } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import { HttpClient, readBytes } from '../storage/http-client.js';
import { PassingFailure } from '../storage/send-request.js';
import { type Capture, type CaptureQuery, isPage } from './capture.js';
import { type CrawlPlace, placeKinds } from './crawl-files.js';
import { addressKey, pageAddress, surtHost } from './page-address.js';

const longestPage = 256 * 1024 * 1024;

/** Throws `data/storage-…`, `data/index-damaged`, `core/option-invalid`. */
export async function* searchIndexServer(place: CrawlPlace, query: CaptureQuery): AsyncGenerator<Capture> {
  checkOptions('searchIndexServer', place, placeKinds);
  checkOptions('The query of searchIndexServer', query, { domain: 'text', urls: 'list' });
  const { domain, urls = [] } = query;
  if (domain !== undefined) {
    surtHost(domain);
    yield* search(place, { url: domain, matchType: 'domain' });
  }
  for (const url of urls) {
    const { key } = pageAddress(url);
    for await (const capture of search(place, { url })) if (addressKey(capture.url) === key) yield capture;
  }
}

async function* search(place: CrawlPlace, query: Readonly<Record<string, string>>): AsyncGenerator<Capture> {
  const { crawl, index = 'https://index.commoncrawl.org', storage } = place;
  const client = new HttpClient({}, storage);
  const get = (extra: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const parameters = new URLSearchParams({ ...query, output: 'json', ...extra });
    return client.request(
      () => ({ method: 'GET', url: `${index.replace(/\/+$/, '')}/${crawl}-index?${parameters}` }),
      async (response) => {
        // No captures are a 404 with a sentence; so is a crawl that is not there, which has none either.
        if (response.status === 404) return undefined;
        const bytes = await readBytes(response, longestPage);
        if (bytes.length === longestPage) throw new PassingFailure('a page of the index has no end');
        return new TextDecoder().decode(bytes);
      },
      [404],
    );
  };
  const counted = await get({ showNumPages: 'true' });
  if (counted === undefined) return;
  const { pages } = parsed(counted, crawl) as { readonly pages?: unknown };
  for (let page = 0; page < Number(pages ?? 0); page++) {
    const lines = (await get({ page: String(page) })) ?? '';
    for (const line of lines.split('\n')) {
      if (line.trim() === '') continue;
      const capture = captureOf(parsed(line, crawl));
      if (isPage(capture)) yield capture;
    }
  }
}

function parsed(text: string, crawl: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // said below
  }
  throw new LlmError({
    code: 'data/index-damaged',
    message: `The index of ${crawl} answers with what is no JSON (${JSON.stringify(text.slice(0, 80))}). Try again later, or search its table.`,
    details: { crawl },
  });
}

function captureOf(row: Readonly<Record<string, unknown>>): Capture {
  return {
    url: String(row.url),
    timestamp: String(row.timestamp),
    status: Number(row.status),
    mime: String(row['mime-detected'] ?? row.mime ?? ''),
    filename: String(row.filename),
    offset: Number(row.offset),
    length: Number(row.length),
  };
}
