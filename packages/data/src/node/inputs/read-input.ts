/**
 * One input file → items in file order: documents for the steps, pages that the reader drops (with a reason), and
 * records that are no pages. Every record, line and damaged stretch is one item, so nothing is lost uncounted.
 */
import { createReadStream } from 'node:fs';
import type { JsonValue } from '@llm/core';
import type { ArchiveRecord } from '../../archive/archive-record.js';
import { isPageRecord, readPage } from '../../archive/read-page.js';
import type { StepInput } from '../../pipeline/fineweb-steps.js';
import { decompressContent } from '../archive/content-coding.js';
import { inflateMembers } from '../archive/gzip-members.js';
import { readArchive } from '../archive/read-archive.js';
import { detectCharset } from '../charset/detect-charset.js';

export interface DataInput {
  /** `warc`: WARC or ARC; `text`: plain text; `jsonl`: one JSON object a line. Each plain or gzip. */
  readonly kind: 'warc' | 'text' | 'jsonl';
  readonly path: string;
  /** Field of a JSON line that holds the text. Default `text`. */
  readonly field?: string | undefined;
  /**
   * `filter` sends the documents through URL, language and quality filters, `keep` only through deduplication and PII
   * removal. Default: `filter` for `warc`, `keep` for `text` and `jsonl`, which are somebody's choice already.
   */
  readonly quality?: 'filter' | 'keep' | undefined;
}

export interface InputLimits {
  /** Bytes of an archive record or of its decoded body. Default 16 MiB; longer pages are dropped as `too-large`. */
  readonly maxPageBytes?: number | undefined;
  /** A text file is cut into documents at blank lines, each at least this long (UTF-16 units). Default 20,000. */
  readonly documentCharacters?: number | undefined;
}

type Details = Readonly<Record<string, JsonValue>>;

export type InputItem =
  | {
      readonly kind: 'document';
      readonly input: StepInput;
      readonly metadata: Details;
      readonly recordType: string;
    }
  | {
      readonly kind: 'dropped';
      readonly reason: string;
      readonly details: Details;
      readonly recordType: string;
    }
  | { readonly kind: 'other'; readonly recordType: string };

export function readInput(
  input: DataInput,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  if (input.kind === 'warc') return readWarc(input.path, limits, onBytes);
  if (input.kind === 'jsonl') return readJsonLines(input.path, input.field ?? 'text', limits, onBytes);
  return readText(input.path, limits, onBytes);
}

async function* readWarc(
  path: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const maxPageBytes = limits.maxPageBytes ?? 16 * 1024 * 1024;
  const pageOptions = {
    decompress: (bytes: Uint8Array, coding: string) => decompressContent(bytes, coding, maxPageBytes),
    detectCharset,
  };
  for await (const item of readArchive(path, { maxRecordBytes: maxPageBytes, onBytes })) {
    if (item.kind === 'damage') {
      const { reason, offset, bytes, message } = item.damage;
      yield { kind: 'dropped', reason, details: { offset, bytes, message }, recordType: 'damaged' };
      continue;
    }
    const { record } = item;
    const recordType = record.type === '' ? 'untyped' : record.type;
    // Requests, metadata and the like are about pages; a revisit is a page whose content lies elsewhere.
    if (!isPageRecord(record) && record.type !== 'revisit') {
      yield { kind: 'other', recordType };
      continue;
    }
    const outcome = readPage(record, pageOptions);
    if (outcome.kind === 'dropped') {
      yield { kind: 'dropped', reason: outcome.reason, details: recordDetails(record), recordType };
      continue;
    }
    const { url, content, contentType, charset } = outcome.page;
    yield {
      kind: 'document',
      input: { url, content, contentType },
      metadata: { ...recordDetails(record), date: record.headers.get('warc-date') ?? '', charset },
      recordType,
    };
  }
}

function recordDetails(record: ArchiveRecord): Details {
  return {
    url: record.url,
    ...(record.recordId === '' ? {} : { recordId: record.recordId }),
    offset: record.offset,
    ...(record.tooLarge ? { bytes: record.contentLength } : {}),
  };
}

async function* readLines(
  path: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<{ line: string; number: number }> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 0;
  for await (const part of inflateMembers(createReadStream(path, { highWaterMark: 1 << 20 }), onBytes)) {
    if (part.kind !== 'bytes') continue;
    const lines = (rest + decoder.decode(part.bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield { line, number: ++number };
  }
  rest += decoder.decode();
  if (rest !== '') yield { line: rest, number: ++number };
}

async function* readJsonLines(
  path: string,
  field: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const recordType = 'line';
  const maxCharacters = limits.maxPageBytes ?? 16 * 1024 * 1024;
  for await (const { line, number } of readLines(path, onBytes)) {
    if (line.trim() === '') continue;
    const details: Details = { line: number };
    const drop = (reason: string): InputItem => ({ kind: 'dropped', reason, details, recordType });
    if (line.length > maxCharacters) {
      yield drop('too-large');
      continue;
    }
    const value = parseJson(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      yield drop('broken-line');
      continue;
    }
    const row = value as Readonly<Record<string, JsonValue>>;
    const content = row[field];
    if (typeof content !== 'string') yield drop('no-text');
    else if (content.trim() === '') yield drop('empty-body');
    else {
      const url = typeof row.url === 'string' ? row.url : '';
      const metadata = { ...details, ...(url === '' ? {} : { url }) };
      yield { kind: 'document', input: { url, content, contentType: 'text/plain' }, metadata, recordType };
    }
  }
}

function parseJson(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    return undefined;
  }
}

async function* readText(
  path: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const least = limits.documentCharacters ?? 20_000;
  const recordType = 'text';
  let lines: string[] = [];
  let length = 0;
  let first = 1;
  const take = (): InputItem[] => {
    const content = lines.join('\n').trim();
    const metadata: Details = { line: first };
    lines = [];
    length = 0;
    if (content === '') return [];
    return [
      { kind: 'document', input: { url: '', content, contentType: 'text/plain' }, metadata, recordType },
    ];
  };
  for await (const { line: raw, number } of readLines(path, onBytes)) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (lines.length === 0) first = number;
    lines.push(line);
    length += line.length + 1;
    // A file without blank lines is cut at a line end once it is ten times as long.
    if ((line.trim() === '' && length >= least) || length >= least * 10) yield* take();
  }
  yield* take();
}
