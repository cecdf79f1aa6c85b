/**
 * What a WAT record says of a record of a crawl, without the crawl: address, status, header fields, title,
 * `<meta>` and links. WAT files (Internet Archive, Common Crawl) hold JSON in `metadata` records, one for
 * every record of the WARC file that they describe.
 */
import type { ArchiveRecord } from './archive-record.js';

export interface WatMetadata {
  readonly url: string;
  /** Type of the record that is described: `response`, `request`, … */
  readonly recordType: string;
  /** The WARC file it lies in, and where: bytes of the file, and of the member where it says. */
  readonly filename: string;
  readonly offset: number | undefined;
  readonly length: number | undefined;
  /** Of the HTTP response; 0 for what is none. */
  readonly status: number;
  /** Fields of the HTTP message, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly title: string;
  /** Name or property, in lower case, → content of the `<meta>` elements. The first of several counts. */
  readonly metas: ReadonlyMap<string, string>;
  readonly links: readonly WatLink[];
}

export interface WatLink {
  /** As it stands on the page: it may be relative. */
  readonly url: string;
  /** Element and attribute: `A@/href`, `IMG@/src`. */
  readonly path: string;
  readonly text: string;
}

/** Undefined for a record that is no WAT record, or whose JSON is broken. */
export function readWat(record: ArchiveRecord): WatMetadata | undefined {
  if (
    record.type !== 'metadata' ||
    record.headers.get('content-type')?.startsWith('application/json') !== true
  )
    return undefined;
  const root = parsed(record.block);
  const envelope = objectOf(root?.Envelope);
  if (envelope === undefined) return undefined;
  const container = objectOf(root?.Container);
  const header = objectOf(envelope['WARC-Header-Metadata']);
  const payload = objectOf(envelope['Payload-Metadata']);
  const response = objectOf(payload?.['HTTP-Response-Metadata']);
  const message = response ?? objectOf(payload?.['HTTP-Request-Metadata']);
  const html = objectOf(response?.['HTML-Metadata']);
  const head = objectOf(html?.Head);
  return {
    url: textOf(header?.['WARC-Target-URI']) || record.url,
    recordType: textOf(header?.['WARC-Type']).toLowerCase(),
    filename: textOf(container?.Filename),
    offset: numberOf(container?.Offset),
    length: numberOf(objectOf(container?.['Gzip-Metadata'])?.['Deflate-Length']),
    status: numberOf(objectOf(response?.['Response-Message'])?.Status) ?? 0,
    headers: fieldsOf(Object.entries(objectOf(message?.Headers) ?? {})),
    title: textOf(head?.Title),
    metas: fieldsOf(
      listOf(head?.Metas).map((meta) => [
        textOf(meta.name ?? meta.property ?? meta['http-equiv']),
        meta.content ?? meta.charset,
      ]),
    ),
    links: [...listOf(head?.Link), ...listOf(html?.Links)].map((link) => ({
      url: textOf(link.url ?? link.href),
      path: textOf(link.path),
      text: textOf(link.text ?? link.title),
    })),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(block: Uint8Array): Fields | undefined {
  try {
    return objectOf(JSON.parse(new TextDecoder().decode(block)));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function listOf(value: unknown): Fields[] {
  return (Array.isArray(value) ? value : []).map(objectOf).filter((item) => item !== undefined);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Numbers stand in quotes. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function fieldsOf(entries: readonly (readonly [string, unknown])[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of entries) {
    const key = name.toLowerCase();
    if (key !== '' && typeof value === 'string' && !fields.has(key)) fields.set(key, value);
  }
  return fields;
}
