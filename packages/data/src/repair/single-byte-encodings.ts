/** The encodings that UTF-8 is read in by mistake, in the order in which they are tried, and their bytes. */
import { TextDecoder } from '@exodus/bytes/encoding-browser.js';

const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

export interface SingleByteEncoding {
  readonly name: string;
  /** Bytes that it leaves undefined are the controls of their number, and U+FFFD is a byte that was lost. */
  readonly lossy: boolean;
  /** The byte of each character above ASCII. */
  readonly bytes: ReadonlyMap<string, number>;
}

/** A byte that was lost. */
const substitute = '\x1a';

function encoding(name: string, lossy: boolean, upper: string): SingleByteEncoding {
  const bytes = new Map<string, number>();
  for (let at = 0; at < 128; at++) {
    const character = upper[at]!;
    bytes.set(character === '\ufffd' ? String.fromCharCode(at + 128) : character, at + 128);
  }
  if (lossy) bytes.set('\ufffd', substitute.charCodeAt(0));
  return { name, lossy, bytes };
}

const upperBytes = Uint8Array.from({ length: 128 }, (_, at) => at + 128);
const upperOf = (label: string): string => new TextDecoder(label).decode(upperBytes);
const latin1 = String.fromCharCode(...upperBytes);

let known: readonly SingleByteEncoding[] | undefined;

export function singleByteEncodings(): readonly SingleByteEncoding[] {
  known ??= [
    encoding('latin-1', false, latin1),
    ...[1252, 1251, 1250, 1253, 1254, 1257].map((page) =>
      encoding(`windows-${page}`, true, upperOf(`windows-${page}`)),
    ),
    encoding('iso-8859-2', false, upperOf('iso-8859-2')),
    encoding('macroman', false, upperOf('macintosh')),
    encoding('cp437', false, cp437),
  ];
  return known;
}

/**
 * The bytes of a text, one character (U+0000…U+00FF) each; undefined where the encoding has none for a
 * character.
 */
export function encodeAs({ bytes, lossy }: SingleByteEncoding, text: string): string | undefined {
  let encoded = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    const unit = text.charCodeAt(at);
    if (unit < 128 && (unit !== 26 || !lossy)) encoded += character;
    else {
      const byte = bytes.get(character);
      if (byte === undefined) return undefined;
      encoded += String.fromCharCode(byte);
    }
  }
  return encoded;
}

const asWindows1252 = upperOf('windows-1252');

/** Controls that no page means as what their bytes are in windows-1252. */
export function decodeControls(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (control) => asWindows1252[control.charCodeAt(0) - 128]!);
}
