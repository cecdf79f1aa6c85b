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

/** URL, IP address, date of 8 to 18 digits, (optional columns), length. */
const arcLine = /^(\S+:\S*(?: \S+)*?) (\S+) (\d{8,18}) (?:(.*) )?(-?\d+)$/;

export function isWarcStart(line: string): boolean {
  return /^WARC\/\d/.test(line);
}

export function isArcStart(line: string): boolean {
  return arcLine.test(line);
}

/** Field lines (without the first line) → map; a line that starts with a blank goes on with the last. */
export function parseFields(lines: readonly string[]): Map<string, string> {
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
    if (fields.has(name)) {
      last = '';
      continue;
    }
    last = name;
    fields.set(name, line.slice(colon + 1).trim());
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
  const match = arcLine.exec(line);
  if (match === null) return undefined;
  const [, url = '', address = '', date = '', columns = '', length = ''] = match;
  if (length.startsWith('-')) return undefined;
  const headers = new Map([
    ['warc-ip-address', address],
    ['warc-date', date],
  ]);
  const contentType = columns.split(' ')[0] ?? '';
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
