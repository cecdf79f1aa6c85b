/** `&eacute;`, `&#233;` and, as nobody means anything else by it, `&EACUTE;`: what ftfy 6.3 makes of them. */
import { decodeHTMLStrict } from 'entities/decode';

const entity = /&#?[0-9A-Za-z]{1,24};/g;

export function unescapeEntities(text: string): string {
  return text.includes('&') ? text.replace(entity, unescapeOne) : text;
}

function unescapeOne(found: string): string {
  if (found[1] === '#') return /^&#(?:\d+|[xX][\da-fA-F]+);$/.test(found) ? decodeNumber(found) : found;
  const decoded = decodeHTMLStrict(found);
  if (decoded !== found) return decoded;
  if (found !== found.toUpperCase() || legacy.test(found)) return found;
  const lower = decodeHTMLStrict(found.toLowerCase());
  return lower === found.toLowerCase() ? found : lower.toUpperCase();
}

/** Names that HTML knows without their semicolon: what begins so is read as them. */
const legacy = /^&(?:AMP|COPY|ETH|GT|LT|QUOT|REG|THORN)/;

/** Controls and noncharacters stand for nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as HTML says
const nothing = /^[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\u{fdd0}-\u{fdef}]$|^\p{Noncharacter_Code_Point}$/u;

function decodeNumber(found: string): string {
  const digits = found.slice(2, -1);
  const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return '\ufffd';
  if (code === 13) return '\r';
  // What holds a semicolon is left, and so is the semicolon itself.
  if (code === 59) return found;
  if (code >= 0x80 && code < 0xa0) return decodeHTMLStrict(found);
  const character = String.fromCodePoint(code);
  return nothing.test(character) ? '' : character;
}
