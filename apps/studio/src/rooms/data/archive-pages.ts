/** The pages of a WARC, plain or gzip, read piece by piece from a file in the browser. */
import { decodeText, type Page, RecordFramer, readPage } from '@llm/data';
import { Gunzip, gunzipSync, inflateSync, unzlibSync } from 'fflate';

export type ArchivePage =
  | { readonly kind: 'page'; readonly page: Page }
  /** A record about a page that holds none, or a stretch that is no record. */
  | { readonly kind: 'none'; readonly url: string; readonly reason: string };

export async function* archivePages(file: Blob): AsyncGenerator<ArchivePage> {
  const framer = new RecordFramer();
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const gunzip = new Gunzip((bytes) => framer.write(bytes));
  // Every record is a member of its own.
  gunzip.onmember = (offset) => framer.startMember(offset);
  const reader = file.stream().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (value !== undefined && isGzip) gunzip.push(value, false);
    else if (value !== undefined) framer.write(value);
    if (done) break;
    yield* pagesOf(framer);
  }
  framer.end();
  yield* pagesOf(framer);
}

/** Of a body; more is no page. */
const mostBytes = 16 * 2 ** 20;

/** Bodies in brotli and zstd are not read here: a browser gives no decoder for them. */
function decompress(bytes: Uint8Array, coding: string): Uint8Array | 'too-large' | undefined {
  try {
    if (coding === 'gzip') {
      // The last four bytes say how long it was (modulo 2^32).
      const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
      return length > mostBytes ? 'too-large' : gunzipSync(bytes);
    }
    if (coding === 'deflate') return inflated(bytes);
  } catch {
    // damaged: the reader says so
  }
  return undefined;
}

/** With the header of zlib or without, as servers send it. */
function inflated(bytes: Uint8Array): Uint8Array {
  try {
    return unzlibSync(bytes);
  } catch {
    return inflateSync(bytes);
  }
}

const quiet = new Set(['not-response']);

function* pagesOf(framer: RecordFramer): Generator<ArchivePage> {
  for (const item of framer.take()) {
    if (item.kind === 'damage') {
      yield { kind: 'none', url: '', reason: item.damage.reason };
      continue;
    }
    const read = readPage(item.record, { decompress });
    if (read.kind === 'keep') yield { kind: 'page', page: read.page };
    else if (!quiet.has(read.reason)) yield { kind: 'none', url: item.record.url, reason: read.reason };
  }
}

/** A file of HTML or text, in whatever encoding it says it has. */
export function textOfFile(bytes: Uint8Array): string {
  return decodeText(bytes)?.text ?? new TextDecoder().decode(bytes);
}
