/**
 * One archive record → a page, or the reason why it is none. `response` records are HTTP messages, `resource` and
 * `conversion` records are the content itself. Follows datatrove's WarcReader, and adds the HTTP status,
 * undeclared types by sniffing (WHATWG MIME Sniffing, the HTML part) and a reason for every record.
 */
import { decodeText } from '../charset/decode-text.js';
import type { ArchiveRecord, ReaderReason, WebPage } from './archive-record.js';
import { parseHttpResponse } from './http-message.js';

export interface PageReaderOptions {
  /** Undoes a content coding (`gzip`, `br`, …); undefined when it cannot. `/node` gives one. */
  readonly decompress?:
    | ((bytes: Uint8Array, coding: string) => Uint8Array | 'too-large' | undefined)
    | undefined;
  readonly detectCharset?: ((bytes: Uint8Array) => string | undefined) | undefined;
}

export type PageOutcome =
  | { readonly kind: 'page'; readonly page: WebPage }
  | { readonly kind: 'dropped'; readonly reason: ReaderReason };

/** Whether the record is about a page at all: everything else is counted, not listed. */
export function isPageRecord(record: ArchiveRecord): boolean {
  return record.type === 'response' || record.type === 'resource' || record.type === 'conversion';
}

export function readPage(record: ArchiveRecord, options: PageReaderOptions = {}): PageOutcome {
  if (!isPageRecord(record)) return drop('not-response');
  const http = record.type === 'response' && !record.tooLarge ? parseHttpResponse(record.block) : undefined;
  if (http !== undefined && (http.status < 200 || http.status > 299)) return drop('http-status');
  const contentType = http?.headers.get('content-type') ?? record.headers.get('content-type') ?? '';
  const identified = record.headers.get('warc-identified-payload-type');
  const declared = mediaType(identified ?? (contentType.startsWith('application/http') ? '' : contentType));
  if (record.tooLarge)
    return drop(isPageType(declared, record) || declared === '' ? 'too-large' : 'not-html');
  const body = http === undefined ? record.block : undoCodings(http.body, http.headers, options);
  if (body === 'too-large') return drop('too-large');
  if (body === undefined) return drop('corrupt');
  if (body.length === 0) return drop(record.damage ?? 'empty-body');
  const type = declared === '' ? sniffHtml(body) : declared;
  if (!isPageType(type, record)) return drop('not-html');
  if (record.damage !== undefined) return drop(record.damage);
  const decoded = decodeText(body, {
    httpCharset: /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1],
    ...(options.detectCharset === undefined ? {} : { detect: options.detectCharset }),
  });
  if (decoded === undefined) return drop('unknown-charset');
  if (decoded.text.trim() === '') return drop('empty-body');
  const page: WebPage = {
    url: record.url,
    content: decoded.text,
    contentType: type === 'text/plain' ? 'text/plain' : 'text/html',
    charset: decoded.charset,
  };
  return { kind: 'page', page };
}

function drop(reason: ReaderReason): PageOutcome {
  return { kind: 'dropped', reason };
}

function mediaType(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}

function isPageType(type: string, record: ArchiveRecord): boolean {
  if (type === 'text/html' || type === 'application/xhtml+xml') return true;
  return type === 'text/plain' && record.type === 'conversion';
}

function undoCodings(
  body: Uint8Array,
  headers: ReadonlyMap<string, string>,
  options: PageReaderOptions,
): Uint8Array | 'too-large' | undefined {
  let bytes = body;
  const codings = (headers.get('content-encoding') ?? '').toLowerCase().split(',');
  for (const coding of codings.map((name) => name.trim()).reverse()) {
    if (coding === '' || coding === 'identity' || bytes.length === 0) continue;
    // Archivers that store the decoded body often keep the field: HTML in clear needs no decoding.
    if (sniffHtml(bytes) === 'text/html') continue;
    const decoded = options.decompress?.(bytes, coding);
    if (decoded === undefined || decoded === 'too-large') return decoded;
    bytes = decoded;
  }
  return bytes;
}

const htmlStart =
  /^(?:\uFEFF|ï»¿)?\s*(?:<!--[\s\S]*?-->\s*)*(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link)[\s>])/i;
const latin1 = new TextDecoder('latin1');

/** `text/html` when the first bytes look like HTML, otherwise an empty string. */
export function sniffHtml(bytes: Uint8Array): string {
  return htmlStart.test(latin1.decode(bytes.subarray(0, 1024))) ? 'text/html' : '';
}
