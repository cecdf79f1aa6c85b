/**
 * Short UTF-8 texts: tokens of a vocabulary, hundreds of thousands of a few bytes each, for which a call of
 * TextDecoder takes several times as long.
 */

// A token may be a byte order mark.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const shortest = 24;

/** Throws TypeError where the bytes are no UTF-8. */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  return (
    (to - from <= shortest ? shortText(bytes, from, to) : undefined) ??
    decoder.decode(bytes.subarray(from, to))
  );
}

const isTail = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Of characters of one to three bytes; undefined for what is longer or wrong. */
function shortText(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = '';
  for (let at = from; at < to; ) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      at++;
      continue;
    }
    const length = byte < 0xe0 ? 2 : 3;
    if (byte < 0xc2 || byte > 0xef || at + length > to) return undefined;
    if (!isTail(bytes[at + 1]) || (length === 3 && !isTail(bytes[at + 2]))) return undefined;
    const code =
      length === 2
        ? ((byte & 0x1f) << 6) | (bytes[at + 1]! & 0x3f)
        : ((byte & 0xf) << 12) | ((bytes[at + 1]! & 0x3f) << 6) | (bytes[at + 2]! & 0x3f);
    // Written too long, or half of a pair.
    if (length === 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return undefined;
    text += String.fromCharCode(code);
    at += length;
  }
  return text;
}
