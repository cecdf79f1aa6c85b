/**
 * One archive record → a page, or the reason why it is none. `response` records are HTTP messages, `resource`
 * and `conversion` records are the content itself. Follows datatrove's WarcReader, and adds the HTTP status,
 * undeclared types by sniffing (WHATWG MIME Sniffing, the HTML part) and a reason for every record.
 */
import { type DecodedText, decodeText } from '../charset/decode-text.js';
import { Page } from '../page/page.js';
import { drop, type Verdict } from '../page/verdict.js';
import type { ArchiveRecord } from './archive-record.js';
import { parseHttpResponse } from './http-message.js';

export interface PageReaderOptions {
  /** Undoes a content coding (`gzip`, `br`, …); undefined when it cannot. `/node` gives one. */
  readonly decompress?:
    | ((bytes: Uint8Array, coding: string) => Uint8Array | 'too-large' | undefined)
    | undefined;
  readonly detectCharset?: ((bytes: Uint8Array) => string | undefined) | undefined;
}

/** Whether the record is about a page at all: everything else is counted, not listed. */
export function isPageRecord(record: ArchiveRecord): boolean {
  return record.type === 'response' || record.type === 'resource' || record.type === 'conversion';
}

/**
 * The page of a record, or why there is none: `not-response`, `not-html`, `http-status`, `empty-body`,
 * `unknown-charset`, `too-large`, `truncated`, `corrupt`. Both carry the URL, the id and the place of the
 * record.
 */
export function readPage(
  record: ArchiveRecord,
  options: PageReaderOptions = {},
): Verdict<{ readonly page: Page }> {
  const metadata = {
    url: record.url,
    recordId: record.recordId === '' ? undefined : record.recordId,
    offset: record.offset,
    bytes: record.tooLarge ? record.contentLength : undefined,
  };
  const content = readContent(record, options);
  if (typeof content === 'string') return drop(content, { metadata });
  const { text, charset, contentType } = content;
  const date = record.headers.get('warc-date') ?? '';
  return {
    kind: 'keep',
    page: new Page({
      url: record.url,
      contentType,
      content: text,
      metadata: { ...metadata, date, charset },
    }),
  };
}

/** The content, or the reason why there is none. */
function readContent(
  record: ArchiveRecord,
  options: PageReaderOptions,
): string | (DecodedText & { readonly contentType: string }) {
  if (!isPageRecord(record)) return 'not-response';
  const http = record.type === 'response' && !record.tooLarge ? parseHttpResponse(record.block) : undefined;
  if (http !== undefined && (http.status < 200 || http.status > 299)) return 'http-status';
  const contentType = http?.headers.get('content-type') ?? record.headers.get('content-type') ?? '';
  const identified = record.headers.get('warc-identified-payload-type');
  const declared = mediaType(identified ?? (contentType.startsWith('application/http') ? '' : contentType));
  if (record.tooLarge) return isPageType(declared, record) || declared === '' ? 'too-large' : 'not-html';
  const body = http === undefined ? record.block : undoCodings(http.body, http.headers, options);
  if (body === 'too-large') return 'too-large';
  if (body === undefined) return 'corrupt';
  if (body.length === 0) return record.damage ?? 'empty-body';
  const type = declared === '' ? sniffHtml(body) : declared;
  if (!isPageType(type, record)) return 'not-html';
  if (record.damage !== undefined) return record.damage;
  const decoded = decodeText(body, {
    httpCharset: /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1],
    detect: options.detectCharset,
  });
  if (decoded === undefined) return 'unknown-charset';
  if (decoded.text.trim() === '') return 'empty-body';
  // XML is what the server calls so; archives call HTML so, too, for its document type.
  const isXml = mediaType(contentType) === 'application/xhtml+xml';
  return {
    ...decoded,
    contentType: type === 'text/plain' ? type : isXml ? 'application/xhtml+xml' : 'text/html',
  };
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
