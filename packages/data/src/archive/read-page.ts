/**
 * One archive record → a page, or the reason why it is none. `response` records are HTTP messages, `resource`
 * and `conversion` records (WET) are the content itself. Follows datatrove's WarcReader, and adds the HTTP
 * status, undeclared types by sniffing (WHATWG MIME Sniffing) and a reason for every record.
 */
import { type DecodedText, decodeText } from '../charset/decode-text.js';
import { Page } from '../page/page.js';
import { drop, type Verdict } from '../page/verdict.js';
import type { ArchiveRecord } from './archive-record.js';
import { type Decompress, undoContentCodings } from './content-codings.js';
import { parseHttpResponse } from './http-message.js';
import { parseContentType, typeOfContent } from './media-type.js';

export interface PageReaderOptions {
  /** Undoes a content coding (`gzip`, `br`, …); undefined when it cannot. `/node` gives one. */
  readonly decompress?: Decompress | undefined;
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
      metadata: {
        ...metadata,
        date,
        charset,
        contentLanguages: record.headers.get('warc-identified-content-language'),
      },
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
  const ofRecord = record.headers.get('content-type') ?? '';
  const field = parseContentType(
    http?.headers.get('content-type') ?? (ofRecord.startsWith('application/http') ? '' : ofRecord),
  );
  const identified = parseContentType(record.headers.get('warc-identified-payload-type') ?? '').essence;
  const declared = identified === '' ? field.essence : identified;
  if (record.tooLarge) return isPageType(declared, record) || declared === '' ? 'too-large' : 'not-html';
  const body =
    http === undefined
      ? record.block
      : undoContentCodings(http.body, http.headers.get('content-encoding') ?? '', options.decompress);
  if (typeof body === 'string') return body;
  if (body.length === 0) return record.damage ?? 'empty-body';
  const type = typeOfContent(declared, body);
  if (!isPageType(type, record)) return 'not-html';
  if (record.damage !== undefined) return record.damage;
  const decoded = decodeText(body, { httpCharset: field.charset, detect: options.detectCharset });
  if (decoded === undefined) return 'unknown-charset';
  if (decoded.text.trim() === '') return 'empty-body';
  // XML is what the server calls so; archives call HTML so, too, for its document type.
  const isXml = field.essence === 'application/xhtml+xml';
  return {
    ...decoded,
    contentType: type === 'text/plain' ? type : isXml ? 'application/xhtml+xml' : 'text/html',
  };
}

function isPageType(type: string, record: ArchiveRecord): boolean {
  if (type === 'text/html' || type === 'application/xhtml+xml') return true;
  return type === 'text/plain' && record.type === 'conversion';
}
