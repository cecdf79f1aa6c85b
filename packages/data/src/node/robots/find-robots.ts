/** The robots.txt of a page: a record of an archive, or the file as the host serves it now. */
import type { ArchiveRecord } from '../../archive/archive-record.js';
import { undoContentCodings } from '../../archive/content-codings.js';
import { parseHttpResponse } from '../../archive/http-message.js';
import { decompressContent } from '../archive/content-coding.js';
import { readArchive } from '../archive/read-archive.js';
import { HttpClient, readBytes } from '../storage/http-client.js';

export interface FoundRobots {
  readonly text: string;
  readonly status: number;
  /** Where it was found. */
  readonly source: string;
}

/** Crawlers must read 500 KiB. */
const mostBytes = 512 * 1024;
const mostRecordBytes = 4 * 1024 * 1024;

const robotsUrl = (page: string): string | undefined =>
  URL.canParse(page) && /^https?:/.test(page) ? new URL('/robots.txt', page).href : undefined;

/**
 * The last record of the page's `/robots.txt` in a WARC or ARC file. Undefined where it has none. Throws
 * `data/input-missing`, `data/storage-…`.
 */
export async function robotsOfArchive(path: string, page: string): Promise<FoundRobots | undefined> {
  const wanted = robotsUrl(page);
  if (wanted === undefined) return undefined;
  let found: FoundRobots | undefined;
  for await (const item of readArchive(path, { maxRecordBytes: mostRecordBytes })) {
    if (item.kind === 'damage' || item.record.type !== 'response') continue;
    const { record } = item;
    const isIt =
      record.url.endsWith('/robots.txt') && URL.canParse(record.url) && new URL(record.url).href === wanted;
    if (isIt) found = readRobots(record, `byte ${record.offset} of ${path}`) ?? found;
  }
  return found;
}

function readRobots(record: ArchiveRecord, source: string): FoundRobots | undefined {
  const message = parseHttpResponse(record.block);
  if (message === undefined) return undefined;
  const { status, headers, body } = message;
  const coding = headers.get('content-encoding') ?? '';
  const bytes = undoContentCodings(body, coding, (part, name) =>
    decompressContent(part, name, mostRecordBytes),
  );
  return typeof bytes === 'string'
    ? undefined
    : { status, source, text: new TextDecoder().decode(bytes.subarray(0, mostBytes)) };
}

/** As the host of a page serves it, two attempts. Throws `data/storage-…`. */
export async function fetchRobots(page: string, signal?: AbortSignal): Promise<FoundRobots | undefined> {
  const url = robotsUrl(page);
  if (url === undefined) return undefined;
  const client = new HttpClient({}, { attempts: 2, signal });
  const refusals = Array.from({ length: 200 }, (_, at) => 400 + at);
  return client.request(
    () => ({
      method: 'GET',
      url,
      headers: { 'user-agent': 'llm-data/0.1 (one page, asked for by a person)' },
    }),
    async (response) => ({
      text: new TextDecoder().decode(await readBytes(response, mostBytes)),
      status: response.status,
      source: url,
    }),
    refusals,
  );
}
