/**
 * Bytes of a page → text. Order of trust: byte order mark, HTTP header, `<meta>` in the first kilobytes,
 * valid UTF-8, then a detector given by the caller. A declared encoding that does not fit loses to bytes that
 * are valid UTF-8 and not ASCII: old servers label UTF-8 pages ISO-8859-1. Labels are those of the WHATWG
 * Encoding Standard.
 */
export interface DecodedText {
  readonly text: string;
  /** WHATWG name, lower case. */
  readonly charset: string;
}

export interface DecodeOptions {
  /** `charset` parameter of the HTTP Content-Type, if any. */
  readonly httpCharset?: string | undefined;
  /** Guesses the encoding of bytes that declare none and are not UTF-8; a label, or undefined when unsure. */
  readonly detect?: ((bytes: Uint8Array) => string | undefined) | undefined;
}

const latin1 = new TextDecoder('latin1');
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined: the encoding is declared with a name that nobody knows, or unknown altogether. */
export function decodeText(bytes: Uint8Array, options: DecodeOptions = {}): DecodedText | undefined {
  const mark = byteOrderMark(bytes);
  if (mark !== undefined) return decodeAs(bytes, mark);
  const declared = [options.httpCharset, metaCharset(bytes)].filter((label) => label !== undefined);
  const labels = declared.map(resolveLabel).filter((label) => label !== undefined);
  // ISO-2022 is seven-bit: it is valid UTF-8 too, so its declaration must win.
  const stateful = labels.find((label) => label.startsWith('iso-2022') || label === 'utf-7');
  if (stateful !== undefined) return decodeAs(bytes, stateful);
  const asUtf8 = decodeStrictUtf8(bytes);
  if (asUtf8 !== undefined) return { text: asUtf8, charset: 'utf-8' };
  const label = labels[0];
  if (label !== undefined) return decodeAs(bytes, label);
  if (declared.length > 0) return undefined;
  const detected = resolveLabel(options.detect?.(bytes));
  return detected === undefined ? undefined : decodeAs(bytes, detected);
}

function decodeStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** The encoding that a `<meta>` in the first 4,096 bytes or an XML declaration names; UTF-16 means UTF-8. */
export function metaCharset(bytes: Uint8Array): string | undefined {
  const head = latin1.decode(bytes.subarray(0, 4096));
  const label =
    /<meta[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(head)?.[1] ??
    /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']/i.exec(head)?.[1];
  return label !== undefined && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

/** WHATWG name of a label, with the usual misspellings; undefined when no decoder exists for it. */
export function resolveLabel(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  const cleaned = label
    .trim()
    .toLowerCase()
    .replace(/^["']+|["',;]+$/g, '')
    .replace(/^utf-?8.*$/, 'utf-8')
    .replace(/^(?:iso|iso8859)[-_]?(?:8859)?[-_](\d{1,2})$/, 'iso-8859-$1')
    .replace(/^(?:cp|win|windows)[-_]?(125\d|874|1251)$/, 'windows-$1');
  try {
    return new TextDecoder(cleaned).encoding;
  } catch {
    return undefined;
  }
}

function decodeAs(bytes: Uint8Array, charset: string): DecodedText {
  const text = new TextDecoder(charset).decode(bytes);
  return { text: charset === 'windows-1252' ? repairWindows1252(text) : text, charset };
}

/** Bytes 0x80…0x9F of windows-1252. Node 20 makes ISO-8859-1 controls of them (nodejs/node#56542). */
const windows1252High = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function repairWindows1252(text: string): string {
  return text.replace(
    /[\u0080-\u009f]/g,
    (character) => windows1252High[character.charCodeAt(0) - 0x80] ?? '',
  );
}
