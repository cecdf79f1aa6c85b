/**
 * Bytes, one character (U+0000…U+00FF) each, as UTF-8, with two spellings that only old programs write: a
 * zero in two bytes (Java) and surrogates of their own (CESU-8).
 */
const strict = new globalThis.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const variant = /\xc0\x80|(\xed[\xa0-\xaf][\x80-\xbf])(\xed[\xb0-\xbf][\x80-\xbf])/g;

/** Undefined: they are no UTF-8. */
export function decodeUtf8(bytes: string): string | undefined {
  try {
    if (!/[\xc0\xed]/.test(bytes)) return strict.decode(arrayOf(bytes));
    let text = '';
    let end = 0;
    for (const match of bytes.matchAll(variant)) {
      text += strict.decode(arrayOf(bytes.slice(end, match.index)));
      const [found, high, low] = match;
      text += high === undefined ? '\0' : String.fromCharCode(surrogateOf(high), surrogateOf(low!));
      end = match.index + found.length;
    }
    return text + strict.decode(arrayOf(bytes.slice(end)));
  } catch {
    return undefined;
  }
}

function surrogateOf(bytes: string): number {
  return 0xd000 | ((bytes.charCodeAt(1) & 0x3f) << 6) | (bytes.charCodeAt(2) & 0x3f);
}

function arrayOf(bytes: string): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) array[at] = bytes.charCodeAt(at);
  return array;
}
