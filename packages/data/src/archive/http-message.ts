/**
 * An HTTP/1.x response as archived: status line, fields, body with the chunked transfer coding undone (RFC
 * 9112). Tolerant: a body marked chunked that is not (many archivers undo it and keep the field) is taken as
 * it is; a broken chunk ends the body. Content codings are undone by the caller (`/node`).
 */
import { parseFields } from './archive-header.js';
import type { HeaderFields } from './archive-record.js';
import { concatBytes } from './concat-bytes.js';

export interface HttpResponse {
  /** 0 when the status line has none. */
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: Uint8Array;
}

const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');

/** Undefined when the bytes do not start with an HTTP status line (HTTP/0.9, other protocols). */
export function parseHttpResponse(bytes: Uint8Array): HttpResponse | undefined {
  if (!/^HTTP\/\d/.test(latin1.decode(bytes.subarray(0, 8)))) return undefined;
  const end = headerEnd(bytes);
  const lines = utf8.decode(bytes.subarray(0, end.block)).split(/\r?\n/);
  const headers = parseFields(lines.slice(1));
  const status = Number(/^HTTP\/\S+\s+(\d{3})/.exec(lines[0] ?? '')?.[1] ?? 0);
  const raw = bytes.subarray(end.body);
  const chunked = /chunked/i.test(headers.get('transfer-encoding') ?? '');
  return { status, headers, body: chunked ? decodeChunked(raw) : raw };
}

function headerEnd(bytes: Uint8Array): { block: number; body: number } {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return { block: at, body: at + 2 };
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return { block: at, body: at + 3 };
  }
  return { block: bytes.length, body: bytes.length };
}

/** Undoes the chunked coding; bytes that do not start with a chunk size are returned unchanged. */
export function decodeChunked(bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf(10, at);
    const line = lineEnd < 0 || lineEnd - at > 256 ? '' : latin1.decode(bytes.subarray(at, lineEnd));
    const size = /^\s*([0-9a-fA-F]{1,8})\s*(?:;.*)?\r?$/.exec(line)?.[1];
    if (size === undefined) {
      if (chunks.length === 0) return bytes;
      break;
    }
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    chunks.push(bytes.subarray(lineEnd + 1, lineEnd + 1 + length));
    at = lineEnd + 1 + length;
    if (bytes[at] === 13) at++;
    if (bytes[at] === 10) at++;
  }
  return concatBytes(chunks);
}
