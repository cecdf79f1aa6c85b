/**
 * What a body is. `Content-Type` is read after the WHATWG MIME Sniffing Standard ("extract a MIME type": of
 * several values the last valid one counts), and a body whose type is missing, malformed or a shrug is
 * sniffed: HTML by the standard's patterns, binary formats by their magic numbers.
 */
export interface ContentType {
  /** `type/subtype` in lower case; an empty string when none can be read. */
  readonly essence: string;
  readonly charset: string | undefined;
}

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** `value` may be several fields joined with commas. The charset is read from malformed values too. */
export function parseContentType(value: string): ContentType {
  let [essence, charset]: [string, string | undefined] = ['', undefined];
  for (const part of splitOutsideQuotes(value.slice(0, 4096))) {
    const type = (part.split(';', 1)[0] ?? '').trim().toLowerCase();
    const label = /(?:^|[\s;:"',])charset\s{0,9}=\s{0,9}["']?([^\s"';,]+)/i.exec(part)?.[1];
    if (!token.test(type) || type === '*/*') charset ??= label;
    else {
      charset = label ?? (type === essence || essence === '' ? charset : undefined);
      essence = type;
    }
  }
  return { essence, charset };
}

function splitOutsideQuotes(value: string): string[] {
  const parts = [''];
  let quoted = false;
  for (const character of value) {
    if (character === '"') quoted = !quoted;
    if (character === ',' && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** Types that say no more than none. */
const shrugs = new Set(
  'unknown/unknown application/unknown content/unknown application/octet-stream binary/octet-stream application/x-unknown-content-type application/x-unknown application/force-download application/download application/x-download text/unknown httpd/unix-directory www/unknown'.split(
    ' ',
  ),
);

/** Spellings of `text/html` that no standard knows. */
const htmlSpellings = new Set(
  'text/htm text/html5 text/x-html text/xhtml text/xhtml+xml application/html application/xhtml html/text text/x-server-parsed-html text/html-sandboxed application/vnd.wap.xhtml+xml'.split(
    ' ',
  ),
);

/** The media type that counts; an empty string for bytes that look like none that is known. */
export function typeOfContent(declared: string, body: Uint8Array): string {
  const essence = htmlSpellings.has(declared) ? 'text/html' : declared;
  if (essence === '' || shrugs.has(essence)) return sniffHtml(body);
  const page = essence === 'text/html' || essence === 'application/xhtml+xml' || essence === 'text/plain';
  return page && binaryFormat(body) !== undefined ? 'application/octet-stream' : essence;
}

const latin1 = new TextDecoder('latin1');
const tags =
  /<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link)[\s>]/iy;

/** `text/html` when the first bytes look like HTML, otherwise an empty string. */
export function sniffHtml(bytes: Uint8Array): string {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  const zeros =
    bytes[0] === 0x3c && bytes[1] === 0
      ? 'utf-16le'
      : bytes[0] === 0 && bytes[1] === 0x3c
        ? 'utf-16be'
        : undefined;
  const encoding = wide ?? zeros;
  const start =
    encoding === undefined
      ? latin1.decode(bytes.subarray(0, 4096))
      : new TextDecoder(encoding).decode(bytes.subarray(0, 8192));
  let at = /^(?:\ufeff|\xef\xbb\xbf)?/.exec(start)?.[0].length ?? 0;
  for (let declared = false; ; ) {
    while (at < start.length && /\s/.test(start[at]!)) at++;
    if (start.startsWith('<!--', at)) {
      const end = start.indexOf('-->', at + 2);
      // The standard takes a comment for HTML; a page must go on with an element, where that can be seen.
      if (end < 0) return start.length >= 4096 ? 'text/html' : '';
      at = end + 3;
    } else if (!declared && start.startsWith('<?xml', at)) {
      declared = true;
      at = start.indexOf('>', at) + 1;
      if (at === 0) return '';
    } else {
      tags.lastIndex = at;
      return tags.test(start) ? 'text/html' : '';
    }
  }
}

/** Name: magic number at the start, as one character a byte. After the MIME Sniffing Standard and `file`. */
const magics: readonly (readonly [name: string, magic: string])[] = [
  ['PDF', '%PDF-'],
  ['PostScript', '%!PS-Adobe-'],
  ['ZIP (DOCX, XLSX, EPUB, …)', 'PK\x03\x04'],
  ['ZIP', 'PK\x05\x06'],
  ['gzip', '\x1f\x8b\x08'],
  ['bzip2', 'BZh'],
  ['xz', '\xfd7zXZ\0'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['7z', "7z\xbc\xaf'\x1c"],
  ['RAR', 'Rar!\x1a\x07'],
  ['OLE (DOC, XLS, PPT)', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['RTF', '{\\rtf'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['JPEG', '\xff\xd8\xff'],
  ['GIF', 'GIF87a'],
  ['GIF', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['icon', '\0\0\x01\0'],
  ['WOFF', 'wOFF'],
  ['WOFF', 'wOF2'],
  ['font', '\0\x01\0\0'],
  ['font', 'OTTO'],
  ['MP3', 'ID3'],
  ['Ogg', 'OggS'],
  ['FLAC', 'fLaC'],
  ['Matroska', '\x1aE\xdf\xa3'],
  ['ELF program', '\x7fELF'],
  ['Java class', '\xca\xfe\xba\xbe'],
  ['WebAssembly', '\0asm'],
  ['SQLite', 'SQLite format 3\0'],
  ['Parquet', 'PAR1'],
  ['Arrow', 'ARROW1'],
  ['HDF5', '\x89HDF\r\n\x1a\n'],
  ['NumPy', '\x93NUMPY'],
  ['Python pickle', '\x80\x04\x95'],
  ['GGUF', 'GGUF'],
];

/** Name of the binary format that the bytes begin like; undefined for what may be text. */
export function binaryFormat(bytes: Uint8Array): string | undefined {
  const start = latin1.decode(bytes.subarray(0, 16));
  const found = magics.find(([, magic]) => start.startsWith(magic))?.[0];
  if (found !== undefined) return found;
  if (start.startsWith('RIFF') && /^.{8}(?:WEBP|WAVE|AVI )/s.test(start)) return 'RIFF (WebP, WAV, AVI)';
  if (start.startsWith('MZ') && bytes.subarray(0, 1024).includes(0)) return 'Windows program';
  if (start.slice(4, 8) === 'ftyp') return 'MP4';
  return undefined;
}
