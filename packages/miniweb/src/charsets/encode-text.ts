/**
 * Text to bytes in the charsets old pages use. The tables are the platform's own decoders turned round, so a
 * decoder that follows the WHATWG Encoding Standard reads back exactly what was written.
 */
import { LlmError } from '@llm/core';

export type Charset = 'utf-8' | 'windows-1252' | 'iso-8859-2' | 'windows-1251' | 'shift_jis';

const tables = new Map<Charset, ReadonlyMap<string, readonly number[]>>();

/** Throws `miniweb/unencodable` when the charset lacks a character. */
export function encodeText(text: string, charset: Charset): Uint8Array {
  if (charset === 'utf-8') return new TextEncoder().encode(text);
  let table = tables.get(charset);
  if (table === undefined) {
    table = charset === 'shift_jis' ? doubleByteTable(charset) : singleByteTable(charset);
    tables.set(charset, table);
  }
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else {
      const encoded = table.get(character);
      if (encoded === undefined) {
        throw new LlmError({
          code: 'miniweb/unencodable',
          message: `${charset} has no "${character}" (U+${code.toString(16)}). Use utf-8 or another charset for this page.`,
          details: { charset, character },
        });
      }
      bytes.push(...encoded);
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * 0x80…0x9f of windows-1252. Written out, since some Node
 * releases decode the label as ISO-8859-1 (nodejs/node#56542).
 */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function singleByteTable(charset: Charset): Map<string, number[]> {
  const decoder = new TextDecoder(charset);
  const table = new Map<string, number[]>();
  for (let byte = 0x80; byte < 0x100; byte++) {
    const character =
      charset === 'windows-1252' && byte < 0xa0
        ? windows1252[byte - 0x80]!
        : decoder.decode(Uint8Array.of(byte));
    if (character !== '\ufffd') table.set(character, [byte]);
  }
  return table;
}

function doubleByteTable(charset: Charset): Map<string, number[]> {
  const decoder = new TextDecoder(charset);
  const table = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if ([...character].length === 1 && character !== '\ufffd' && !table.has(character))
        table.set(character, [lead, trail]);
    }
  }
  return table;
}
