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

export function isWarcStart(line: string): boolean {
  return /^WARC\/\d/.test(line);
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
 * Field lines (without the first line) → map; a line that starts with a blank goes on with the last. The
 * values of a repeated field are joined with `join`; without it the first counts.
 */
export function parseFields(lines: readonly string[], join?: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of lines) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last !== '') fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
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

/** Lines of a WARC header block, the version line first. Undefined when it has no usable Content-Length. */
export function parseWarcHeader(lines: readonly string[]): ArchiveHeader | undefined {
  const headers = parseFields(lines.slice(1));
  const length = headers.get('content-length') ?? '';
  if (!/^\d{1,15}$/.test(length)) return undefined;
  return {
    format: 'warc',
    type: (headers.get('warc-type') ?? '').toLowerCase(),
    headers,
    url: (headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1'),
    recordId: (headers.get('warc-record-id') ?? '').replace(/^<?(?:urn:uuid:)?(.*?)>?$/, '$1'),
    contentLength: Number(length),
  };
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
