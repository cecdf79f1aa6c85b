/**
 * Captures from the columnar index (`cc-index/table`, Parquet sorted by SURT key): the footers of its files
 * are read, and of row groups whose statistics allow a match only the columns that are needed.
 */

import type { ParquetQueryFilter } from 'hyparquet';
import { checkOptions } from '../../page/check-options.js';
import { openParquet, type ParquetRow, readRows } from '../parquet/parquet-file.js';
import { openSource } from '../storage/open-storage.js';
import { type Capture, type CaptureQuery, isPage } from './capture.js';
import { type CrawlPlace, crawlPaths, dataUrl, placeKinds } from './crawl-files.js';
import { addressKey, pageAddress, surtHost } from './page-address.js';

const columns = [
  'url_surtkey',
  'url',
  'fetch_time',
  'fetch_status',
  'content_mime_detected',
  'warc_filename',
  'warc_record_offset',
  'warc_record_length',
];

/** Files that are asked at once. */
const atOnce = 8;

/** Throws `data/crawl-unknown`, `data/storage-…`, `data/parquet-damaged`, `core/option-invalid`. */
export async function* searchIndexTable(place: CrawlPlace, query: CaptureQuery): AsyncGenerator<Capture> {
  checkOptions('searchIndexTable', place, placeKinds);
  checkOptions('The query of searchIndexTable', query, { domain: 'text', urls: 'list' });
  const { domain, urls = [] } = query;
  const addresses = urls.map(pageAddress);
  const keys = new Set(addresses.map(({ key }) => key));
  const hosts = [...new Set(addresses.map(({ host }) => host))];
  const domainHost = domain === undefined ? undefined : surtHost(domain);
  const ranges = hosts.map(
    (host): ParquetQueryFilter => ({ url_surtkey: { $gte: `${host})`, $lt: `${host}*` } }),
  );
  // With a port, `:` comes before the bracket.
  ranges.push(
    ...hosts.map((host): ParquetQueryFilter => ({ url_surtkey: { $gte: `${host}:`, $lt: `${host};` } })),
  );
  if (domainHost !== undefined)
    ranges.push(
      { url_surtkey: { $gte: domainHost, $lt: `${domainHost}-` } },
      { url_surtkey: { $gte: `${domainHost}:`, $lt: `${domainHost};` } },
    );
  const filter: ParquetQueryFilter = { $or: ranges };
  const matches = ({ url_surtkey, url }: ParquetRow): boolean => {
    const isOfDomain =
      domainHost !== undefined &&
      [')', ',', ':'].some((mark) => String(url_surtkey).startsWith(domainHost + mark));
    return isOfDomain || keys.has(addressKey(String(url)) ?? '');
  };
  // Requests that were refused, robots.txt and redirects lie in files of their own.
  const paths = (await crawlPaths(place, 'cc-index-table')).filter((path) => path.includes('subset=warc/'));
  for (let at = 0; at < paths.length; at += atOnce) {
    const some = paths.slice(at, at + atOnce).map((path) => `${dataUrl(place)}/${path}`);
    const found = await Promise.all(some.map((url) => searchFile(url, place, filter, matches)));
    for (const captures of found) yield* captures;
  }
}

async function searchFile(
  url: string,
  { storage }: CrawlPlace,
  filter: ParquetQueryFilter,
  matches: (row: ParquetRow) => boolean,
): Promise<Capture[]> {
  const file = await openParquet(await openSource(url, storage));
  const captures: Capture[] = [];
  for await (const { rows } of readRows(file, { columns, filter }))
    for (const row of rows) {
      const capture = captureOf(row);
      if (matches(row) && isPage(capture)) captures.push(capture);
    }
  return captures;
}

function captureOf(row: ParquetRow): Capture {
  return {
    url: String(row.url),
    timestamp:
      row.fetch_time instanceof Date ? row.fetch_time.toISOString().replace(/\D/g, '').slice(0, 14) : '',
    status: Number(row.fetch_status),
    mime: String(row.content_mime_detected ?? ''),
    filename: String(row.warc_filename),
    offset: Number(row.warc_record_offset),
    length: Number(row.warc_record_length),
  };
}
