/**
 * Text that is UTF-8 read in another encoding, once or several times, back to what was written: the steps of
 * `fix_encoding` of ftfy 6.3. A text is only touched where it looks like mojibake, and only if its characters
 * are UTF-8 when they are written as bytes of one of ten encodings.
 */
import { likeUtf8, looksLikeMojibake } from './mojibake-signs.js';
import { decodeControls, encodeAs, singleByteEncodings } from './single-byte-encodings.js';
import { decodeUtf8 } from './utf8-variants.js';

/** Each step makes the text shorter or leaves no controls: it ends. */
export function repairEncoding(text: string): string {
  let repaired = text;
  for (;;) {
    const next = repairOnce(repaired);
    if (next === repaired) return repaired;
    repaired = next;
  }
}

function repairOnce(text: string): string {
  if (!looksLikeMojibake(text)) return text;
  const decoded = decodeWhole(text);
  if (decoded !== undefined) return decoded;
  const mended = text.replace(likeUtf8, (part) =>
    part.length < text.length && looksLikeMojibake(part) ? repairEncoding(part) : part,
  );
  if (mended !== text) return mended;
  return decodeControls(text);
}

function decodeWhole(text: string): string | undefined {
  for (const encoding of singleByteEncodings()) {
    let bytes = encodeAs(encoding, text);
    if (bytes === undefined) continue;
    // In Mac OS Roman it would be a dash in front of a blank.
    if (encoding.name !== 'macroman' && withBlank.test(bytes)) bytes = restoreBlanks(bytes);
    if (encoding.lossy) bytes = bytes.replace(withLostByte, '\xef\xbf\xbd');
    const decoded = decodeUtf8(bytes);
    if (decoded !== undefined) return decoded;
  }
  return undefined;
}

/** UTF-8 whose byte A0, a blank in many encodings, became an ordinary blank. */
const blanks =
  '[\\xc2\\xc3\\xc5\\xce\\xd0\\xd9] |[\\xe2\\xe3] [\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf]|[\\xe0-\\xe3][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf] ' +
  '|\\xf0 [\\x80-\\xbf][\\x80-\\xbf]|\\xf0[\\x80-\\xbf] [\\x80-\\xbf]|\\xf0[\\x80-\\xbf][\\x80-\\xbf] ';
const withBlank = new RegExp(blanks);
const everyBlank = new RegExp(blanks, 'g');
/** `Ã la`: the word `à`, whose own blank and the one behind it became one; not Portuguese `às`, `àquele`. */
const graveWord = /\xc3 (?! |quele|quela|quilo|s )/g;

function restoreBlanks(bytes: string): string {
  return bytes.replace(graveWord, '\xc3\xa0 ').replace(everyBlank, (found) => found.replaceAll(' ', '\xa0'));
}

/** UTF-8 with a byte that no longer is there. */
const withLostByte =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the byte that stands for a lost one
  /[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf]{2}|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf]{2}[\x1a?]|\x1a/g;
