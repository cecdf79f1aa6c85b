/** How a token is written where its every byte is to be seen. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Its text; bytes that are no whole characters as `\xE2\x82`; characters that show nothing by their number.
 */
export function tokenText(bytes: Uint8Array, showsSpaces = true): string {
  if (bytes.length === 0) return '∅';
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => `\\x${hex(byte)}`).join('');
  }
  const seen = text
    .replaceAll('\r', '␍')
    .replaceAll('\n', '⏎')
    // Controls, marks of direction and other characters without a picture of their own.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
      character === '\t' ? '\t' : `\\u{${character.codePointAt(0)!.toString(16)}}`,
    );
  return showsSpaces ? seen.replaceAll(' ', '·').replaceAll('\t', '⇥') : seen;
}

/** `E2 82 AC` */
export const bytesText = (bytes: Uint8Array): string => Array.from(bytes, hex).join(' ');

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
