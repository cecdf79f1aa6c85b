/** Single pages: the record at an offset of an archive, the item of a place in a file, an address. */
import { LlmError } from '@llm/core';
import type { ArchiveRecord } from '../../archive/archive-record.js';
import { isPageRecord, readPage } from '../../archive/read-page.js';
import { decompressContent } from '../archive/content-coding.js';
import { readArchive } from '../archive/read-archive.js';
import { detectCharset } from '../charset/detect-charset.js';
import { HttpClient } from '../storage/http-client.js';
import { openSource } from '../storage/open-storage.js';
import type { DataInput, InputItem } from './data-input.js';
import { readInput } from './read-input.js';

const pageBytes = 16 * 1024 * 1024;

function pageOf(record: ArchiveRecord): InputItem {
  const options = {
    decompress: (bytes: Uint8Array, coding: string) => decompressContent(bytes, coding, pageBytes),
    detectCharset,
  };
  return { ...readPage(record, options), recordType: record.type };
}

/**
 * The first page at or behind byte `offset` of a WARC or ARC file: `path` is a path or a URL, which is read
 * by ranges. Requests and the like that stand before the page of theirs are passed over. Throws
 * `data/page-missing` where no page begins near it, `data/input-missing`, `data/storage-…`.
 */
export async function readPageAt(path: string, offset: number): Promise<InputItem> {
  const { size } = await openSource(path);
  const missing = (why: string): LlmError =>
    new LlmError({
      code: 'data/page-missing',
      message: `At byte ${offset} of ${path} ${why}. Give the offset of a record, as "offset" in dropped.jsonl.gz or a CDX index names it.`,
      details: { path, offset },
    });
  if (offset >= size) throw missing(`is nothing: it has ${size} bytes`);
  let passed = 0;
  for await (const item of readArchive(path, {
    maxRecordBytes: pageBytes,
    range: { start: offset, end: size },
  })) {
    if (item.kind === 'damage') throw missing(`begins no record (${item.damage.message})`);
    const { record } = item;
    if (record.offset < offset) continue;
    if (isPageRecord(record) || record.type === 'revisit') return pageOf(record);
    if (++passed > 4) throw missing('and behind it are records of other kinds only');
  }
  throw missing('and behind it is no page');
}

/** Item `number` (from 0) of an input. Throws `data/page-missing`. */
export async function readItem(input: DataInput, number: number): Promise<InputItem> {
  let at = 0;
  for await (const item of readInput(input, {}, () => undefined)) if (at++ === number) return item;
  throw new LlmError({
    code: 'data/page-missing',
    message: `${input.path} has ${at} items, and number ${number} was asked for (they are counted from 0).`,
    details: { path: input.path, number },
  });
}

/**
 * One page of the web as a crawler would have archived it: redirects followed, at most 16 MiB, two attempts.
 * Throws `data/storage-…`.
 */
export async function fetchPage(url: string, signal?: AbortSignal): Promise<InputItem> {
  const client = new HttpClient({}, { attempts: 2, signal });
  const headers = {
    'user-agent': 'llm-data/0.1 (one page, asked for by a person)',
    accept: 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1',
  };
  return client.request(
    () => ({ method: 'GET', url, headers }),
    async (response) => {
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const part of response.body) {
        parts.push(part);
        length += part.length;
        if (length > pageBytes) break;
      }
      const fields = ['content-type', 'content-encoding'].flatMap((name) => {
        const value = response.header(name);
        return value === undefined ? [] : [`${name}: ${value}`];
      });
      const head = Buffer.from(`HTTP/1.1 ${response.status} \r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1');
      const tooLarge = length > pageBytes;
      return pageOf({
        format: 'warc',
        type: 'response',
        headers: new Map([['warc-date', new Date().toISOString()]]),
        url: response.url,
        recordId: '',
        block: tooLarge ? new Uint8Array() : Buffer.concat([head, ...parts]),
        contentLength: length,
        tooLarge,
        offset: 0,
      });
    },
    // What the page is then said to be.
    [404, 410, 401, 403],
  );
}
