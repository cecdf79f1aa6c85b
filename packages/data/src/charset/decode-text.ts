/**
 * Bytes of a page → text. A byte order mark decides, then UTF-16 as its zero bytes give it away, then the
 * escapes of ISO-2022-JP; bytes that are UTF-8, but for a stray one, are UTF-8 whatever they are called. Else
 * HTTP header and `<meta>` are believed as long as what comes out looks like text, and a detector given by
 * the caller is asked last. Decoders and labels are those of the WHATWG Encoding Standard.
 */
import { TextDecoder } from '@exodus/bytes/encoding-browser.js';
import { doubtOf, isReadable } from './decoded-doubt.js';
import { resolveLabel } from './encoding-label.js';
import { metaCharset } from './meta-charset.js';
import { isNearlyUtf8, utf16ByZeros } from './utf-evidence.js';

export interface DecodedText {
  readonly text: string;
  /** WHATWG name, lower case. */
  readonly charset: string;
}

export interface DecodeOptions {
  /** `charset` parameter of the HTTP Content-Type, if any. */
  readonly httpCharset?: string | undefined;
  /** Guesses the encoding of bytes that are not UTF-8 and not what they declare; a label, or undefined. */
  readonly detect?: ((bytes: Uint8Array) => string | undefined) | undefined;
}

const strictUtf8 = new globalThis.TextDecoder('utf-8', { fatal: true });

/** Undefined: nothing is declared, or nothing that anybody knows, and the bytes are no UTF-8. */
export function decodeText(bytes: Uint8Array, options: DecodeOptions = {}): DecodedText | undefined {
  const evident = selfEvidentEncoding(bytes);
  if (evident !== undefined) return decodeAs(bytes, evident);
  const header = resolveLabel(options.httpCharset);
  if (header?.startsWith('utf-16') === true && isUtf16(bytes, header)) return decodeAs(bytes, header);
  const asUtf8 = decodeStrictUtf8(bytes);
  if (asUtf8 !== undefined) return { text: asUtf8, charset: 'utf-8' };
  if (isNearlyUtf8(bytes)) return decodeAs(bytes, 'utf-8');
  return decodeLegacy(bytes, header, options.detect);
}

/** Bytes that are neither UTF-8 nor UTF-16. */
function decodeLegacy(
  bytes: Uint8Array,
  header: string | undefined,
  detect: DecodeOptions['detect'],
): DecodedText | undefined {
  const labels = [...new Set([header, metaCharset(bytes)])].filter((label) => label !== undefined);
  const declared = labels.filter((label) => !label.startsWith('utf-')).map((label) => decodeAs(bytes, label));
  const believed = declared.find((candidate) => doubtOf(candidate) === undefined);
  // Servers call every page ISO-8859-1: where the page says otherwise, its bytes decide.
  const disputed = declared.length > 1 && declared[0]?.charset === 'windows-1252';
  if (believed !== undefined && !disputed) return believed;
  const label = resolveLabel(detect?.(bytes));
  const guess = label === undefined ? undefined : decodeAs(bytes, label);
  if (guess !== undefined && doubtOf(guess) !== 'broken') {
    if (believed === undefined) return guess;
    return western.has(guess.charset) ? believed : (declared.slice(1).find(isUndoubted) ?? guess);
  }
  if (believed !== undefined) return believed;
  const last = [...declared, ...labels.slice(0, 1).map((name) => decodeAs(bytes, name))];
  return last.find((candidate) => doubtOf(candidate) !== 'broken') ?? last.find(isReadable);
}

const western = new Set(['windows-1252', 'iso-8859-15', 'macintosh']);

const isUndoubted = (candidate: DecodedText): boolean => doubtOf(candidate) === undefined;

function decodeStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What the bytes themselves leave no doubt about. */
export function selfEvidentEncoding(bytes: Uint8Array): string | undefined {
  const encoding = byteOrderMark(bytes) ?? utf16ByZeros(bytes);
  // Seven-bit: it is valid UTF-8 too, so its escapes must win.
  return encoding ?? (hasJapaneseEscapes(bytes) ? 'iso-2022-jp' : undefined);
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** Ideographs have no zero bytes: then the label must fit, and bytes in another encoding hardly do. */
function isUtf16(bytes: Uint8Array, label: string): boolean {
  if (bytes.length % 2 === 1 || decodeStrictUtf8(bytes) !== undefined) return false;
  try {
    new TextDecoder(label, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** `ESC $ B` and its like, and not a byte above ASCII. */
function hasJapaneseEscapes(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0x1b); at >= 0; at = bytes.indexOf(0x1b, at + 1)) {
    const [second, third] = [bytes[at + 1], bytes[at + 2]];
    if (second === 0x24 && (third === 0x42 || third === 0x40)) return bytes.every((byte) => byte < 0x80);
  }
  return false;
}

function decodeAs(bytes: Uint8Array, charset: string): DecodedText {
  return { text: new TextDecoder(charset).decode(bytes), charset };
}
