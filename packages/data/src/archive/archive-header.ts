/**
 * Parses the header of one record, WARC (a version line and named fields) or ARC (one line of five or more
 * columns). Tolerant where archives in the wild are: bare LF, folded lines, `<uri>` in angle brackets, ARC
 * lines without a content type, dates of odd length.
 */
import type { ArchiveRecord } from './archive-record.js';

export type ArchiveHeader = Pick<
  ArchiveRecord,
  'format' | 'type' | 'headers' | 'url' | 'recordId' | 'contentLength'
>;

const [tab, blank] = [9, 32];
const warcStart = 'WARC/';

export function isWarcStart(line: string): boolean {
  return /^WARC\/\d/.test(line);
}

/** `isWarcStart` of the bytes at `at`. */
export function startsWarc(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < warcStart.length; index++)
    if (bytes[at + index] !== warcStart.charCodeAt(index)) return false;
  const digit = bytes[at + warcStart.length] ?? 0;
  return digit >= 0x30 && digit <= 0x39;
}

export function isArcStart(line: string): boolean {
  return arcColumns(line) !== undefined;
}

/** URL (which may hold blanks), IP address, date of 8 to 18 digits, (optional columns), length. */
function arcColumns(
  line: string,
): { url: string; address: string; date: string; rest: string[] } | undefined {
  if (line.length > 65_536 || !/-?\d$/.test(line)) return undefined;
  const columns = line.split(' ');
  if (!/^-?\d+$/.test(columns.at(-1)!) || columns[0]!.indexOf(':') < 1) return undefined;
  const at = columns.findIndex((column, index) => index > 1 && /^\d{8,18}$/.test(column));
  if (at < 0 || at === columns.length - 1 || columns.slice(0, at).includes('')) return undefined;
  const [address = '', date = ''] = columns.slice(at - 1, at + 1);
  return { url: columns.slice(0, at - 1).join(' '), address, date, rest: columns.slice(at + 1) };
}

/**
 * The fields of a header, of which the first line is none; a line that starts with a blank goes on with the
 * last. The values of a repeated field are joined with `join`; without it the first counts.
 */
export function parseFields(header: string, join?: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  let colon = -1;
  for (let at = header.indexOf('\n') + 1; at > 0; ) {
    const start = at;
    at = header.indexOf('\n', start) + 1;
    const end = at > 0 ? at - 1 : header.length;
    const first = header.charCodeAt(start);
    if (first === blank || first === tab) {
      if (last !== '') fields.set(last, `${fields.get(last) ?? ''} ${header.slice(start, end).trim()}`);
      continue;
    }
    // Looked for once, however many lines have none.
    if (colon < start) colon = header.indexOf(':', start);
    if (colon < 0) colon = header.length;
    if (colon >= end || colon === start) continue;
    const name = header.slice(start, colon).trim().toLowerCase();
    const value = header.slice(colon + 1, end).trim();
    const earlier = fields.get(name);
    if (earlier !== undefined && join === undefined) {
      last = '';
      continue;
    }
    last = name;
    fields.set(name, earlier === undefined ? value : `${earlier}${join}${value}`);
  }
  return fields;
}

/** A WARC header, the version line first. Undefined when it has no usable Content-Length. */
export function parseWarcHeader(header: string): ArchiveHeader | undefined {
  const headers = parseFields(header);
  const length = headers.get('content-length') ?? '';
  if (!/^\d{1,15}$/.test(length)) return undefined;
  return {
    format: 'warc',
    type: (headers.get('warc-type') ?? '').toLowerCase(),
    headers,
    url: withoutBrackets(headers.get('warc-target-uri') ?? ''),
    recordId: withoutScheme(headers.get('warc-record-id') ?? ''),
    contentLength: Number(length),
  };
}

function withoutBrackets(url: string): string {
  return url.startsWith('<') && url.endsWith('>') ? url.slice(1, -1) : url;
}

const scheme = 'urn:uuid:';

/** A bracket may stand alone. */
function withoutScheme(id: string): string {
  const start = id.startsWith('<') ? 1 : 0;
  const end = id.length - (id.endsWith('>') && id.length > start ? 1 : 0);
  return id.slice(id.startsWith(scheme, start) ? start + scheme.length : start, end);
}

export function parseArcHeader(line: string): ArchiveHeader | undefined {
  const columns = arcColumns(line);
  const length = columns?.rest.at(-1);
  if (columns === undefined || length === undefined || length.startsWith('-')) return undefined;
  const { url, address, date } = columns;
  const headers = new Map([
    ['warc-ip-address', address],
    ['warc-date', date],
  ]);
  const contentType = columns.rest.length > 1 ? columns.rest[0]! : '';
  if (contentType !== '') headers.set('content-type', contentType);
  return {
    format: 'arc',
    type: url.startsWith('filedesc:') ? 'warcinfo' : 'response',
    headers,
    url,
    recordId: '',
    contentLength: Number(length),
  };
}
