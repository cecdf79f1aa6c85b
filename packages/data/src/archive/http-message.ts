/**
 * An HTTP/1.x response as archived: status line, fields, body with the chunked transfer coding undone (RFC
 * 9112). Interim responses (1xx, the answer of a proxy to CONNECT) before it are skipped. Tolerant: a body
 * marked chunked that is not (many archivers undo it and keep the field) is taken as it is; a broken chunk
 * ends the body. Content codings are undone by the caller.
 */
import { parseFields } from './archive-header.js';
import type { HeaderFields } from './archive-record.js';
import { concatBytes } from './concat-bytes.js';

export interface HttpResponse {
  /** 0 when the status line has none. */
  readonly status: number;
  /** A field that was sent several times is one, its values joined with commas (RFC 9110, 5.3). */
  readonly headers: HeaderFields;
  readonly body: Uint8Array;
}

const statusStart = 'HTTP/';
const newline = 10;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');

/** Undefined when the bytes do not start with an HTTP status line (HTTP/0.9, other protocols). */
export function parseHttpResponse(bytes: Uint8Array): HttpResponse | undefined {
  if (!startsWithStatus(bytes)) return undefined;
  for (let rest = bytes; ; ) {
    const end = headerEnd(rest);
    const header = utf8.decode(rest.subarray(0, end.block));
    const headers = parseFields(header, ', ');
    const status = Number(/^HTTP\/\S+[^\S\n]+(\d{3})/.exec(header)?.[1] ?? 0);
    const raw = rest.subarray(end.body);
    const interim = status >= 100 && status < 200 && status !== 101;
    const tunnel = status >= 200 && status < 300 && !headers.has('content-type');
    if ((interim || tunnel) && startsWithStatus(raw)) {
      rest = raw;
      continue;
    }
    const chunked = /chunked/i.test(headers.get('transfer-encoding') ?? '');
    return { status, headers, body: chunked ? decodeChunked(raw) : raw };
  }
}

function startsWithStatus(bytes: Uint8Array): boolean {
  for (let at = 0; at < statusStart.length; at++) if (bytes[at] !== statusStart.charCodeAt(at)) return false;
  const digit = bytes[statusStart.length] ?? 0;
  return digit >= 0x30 && digit <= 0x39;
}

/** Without the CRs at its end, one of which belongs to the line end. */
export function withoutReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 13) end--;
  return end === line.length ? line : line.slice(0, end);
}

function headerEnd(bytes: Uint8Array): { block: number; body: number } {
  for (let at = 0; at < bytes.length; at++) {
    // Lines are short: looking at each byte costs less than a search for each line.
    if (bytes[at] !== newline) continue;
    if (bytes[at + 1] === newline) return { block: at, body: at + 2 };
    if (bytes[at + 1] === 13 && bytes[at + 2] === newline) return { block: at, body: at + 3 };
  }
  return { block: bytes.length, body: bytes.length };
}

/** Undoes the chunked coding; bytes that do not start with a chunk are returned unchanged. */
export function decodeChunked(bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.subarray(at, at + 257).indexOf(10);
    const line = lineEnd < 0 ? '' : latin1.decode(bytes.subarray(at, at + lineEnd));
    const size = /^\s*([0-9a-fA-F]{1,8})\s*(?:;.*)?\r?$/.exec(line)?.[1];
    if (size === undefined) {
      if (chunks.length === 0) return bytes;
      break;
    }
    const length = Number.parseInt(size, 16);
    const start = at + lineEnd + 1;
    const end = start + length;
    if (chunks.length === 0 && !mayBeChunk(bytes, end, line.endsWith('\r'))) return bytes;
    if (length === 0) break;
    chunks.push(bytes.subarray(start, end));
    at = end;
    if (bytes[at] === 13) at++;
    if (bytes[at] === 10) at++;
  }
  return chunks.length === 1 ? chunks[0]! : concatBytes(chunks);
}

/** A line end follows the first chunk. One that reaches past the end is a cut body, if its line had a CR. */
function mayBeChunk(bytes: Uint8Array, end: number, strict: boolean): boolean {
  if (end >= bytes.length) return strict || end === bytes.length;
  return bytes[end] === 10 || bytes[end] === 13;
}
