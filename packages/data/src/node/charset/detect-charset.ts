/**
 * Guesses the encoding of bytes that are not what they declare, with `jschardet` 4 (bigram statistics per
 * language and encoding, after Python's chardet 7). Of encodings that are hard to tell apart it considers
 * those that the web has.
 */
import jschardet from 'jschardet';
import { resolveLabel } from '../../charset/encoding-label.js';

/** In jschardet's spelling. Left out: EBCDIC and DOS pages but 866, and Latin-3, -6, -8 and -10. */
const detectEncodings = [
  ...['utf-8', 'utf-16-le', 'utf-16-be', 'koi8-r', 'koi8-u', 'cp866', 'mac-cyrillic', 'mac-roman'],
  ...['windows-1250', 'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254', 'windows-1255'],
  ...['windows-1256', 'windows-1257', 'windows-1258', 'cp874', 'tis-620', 'iso-8859-1', 'iso-8859-2'],
  ...['iso-8859-4', 'iso-8859-5', 'iso-8859-6', 'iso-8859-7', 'iso-8859-8', 'iso-8859-9', 'iso-8859-13'],
  ...['iso-8859-15', 'big5hkscs', 'cp932', 'shift_jis_2004', 'euc-jis-2004', 'cp949', 'euc-kr', 'gb18030'],
];

const sampleBytes = 16 * 1024;

/** WHATWG name of the encoding, or undefined when nothing fits. */
export function detectCharset(bytes: Uint8Array): string | undefined {
  const { encoding } = jschardet.detect(withoutLabels(foreignParts(bytes)), { detectEncodings });
  return resolveLabel(encoding ?? undefined);
}

/** The words in front of a label, in ASCII and in EBCDIC. */
const label =
  /charset|coding|[\x83\xc3][\x88\xc8][\x81\xc1][\x99\xd9][\xa2\xe2][\x85\xc5][\xa3\xe3]|[\x83\xc3][\x96\xd6][\x84\xc4][\x89\xc9][\x95\xd5][\x87\xc7]/gi;

/**
 * What bytes say of themselves is asked elsewhere, before. jschardet 4.1 looks a label up among the
 * properties of an object, so that `charset=constructor` would end it: here no label can be told.
 */
function withoutLabels(bytes: Uint8Array): Uint8Array {
  // Latin-1 keeps the place of each byte.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const blank = text.replace(label, (found) => ' '.repeat(found.length));
  return blank === text ? bytes : Buffer.from(blank, 'latin1');
}

const [open, close] = [0x3c, 0x3e];

/**
 * The stretches between tags that are not all ASCII, up to 16 KiB: what is left tells nothing and takes time.
 * `<` and `>` are no part of a character in any encoding but UTF-16, which is told by its zeros.
 */
function foreignParts(bytes: Uint8Array): Uint8Array {
  // With zeros it is UTF-16, if it is text.
  if (bytes.length <= 512 || bytes.indexOf(0) >= 0) return bytes.subarray(0, sampleBytes);
  const parts = Buffer.allocUnsafe(sampleBytes);
  let length = 0;
  for (let at = 0; at < bytes.length && length < sampleBytes; ) {
    let end = at;
    let foreign = false;
    const limit = Math.min(bytes.length, at + sampleBytes - length);
    while (end < limit && bytes[end] !== open) foreign = bytes[end++]! >= 0x80 || foreign;
    if (foreign) {
      parts.set(bytes.subarray(at, end), length);
      length += end - at;
    }
    if (bytes[end] !== open) {
      at = end;
      continue;
    }
    const after = bytes.indexOf(close, end);
    at = after < 0 ? bytes.length : after + 1;
  }
  return length === 0 ? bytes.subarray(0, sampleBytes) : parts.subarray(0, length);
}
