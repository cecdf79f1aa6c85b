/** What Python's `str` methods say of characters and words. */
import { isPythonSpace } from '../words/python-text.js';

const letter = /\p{L}/u;
/** `isdigit`: decimal digits, and what has the value of one (²、①). */
const digit =
  /[\p{Nd}\u{b2}-\u{b3}\u{b9}\u{1369}-\u{1371}\u{19da}\u{2070}\u{2074}-\u{2079}\u{2080}-\u{2089}\u{2460}-\u{2468}\u{2474}-\u{247c}\u{2488}-\u{2490}\u{24ea}\u{24f5}-\u{24fd}\u{24ff}\u{2776}-\u{277e}\u{2780}-\u{2788}\u{278a}-\u{2792}\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]/u;
const upper = /\p{Uppercase}/u;
const lower = /\p{Lowercase}/u;
const title = /\p{Lt}/u;

export interface CharacterCounts {
  readonly characters: number;
  readonly spaces: number;
  /** Neither letters nor digits. */
  readonly others: number;
  readonly digits: number;
  readonly capitals: number;
}

const ascii = Array.from({ length: 128 }, (_, code) => kindsOf(String.fromCharCode(code)));

function kindsOf(character: string) {
  const isDigit = digit.test(character);
  return {
    space: isPythonSpace(character.charCodeAt(0)),
    digit: isDigit,
    other: !isDigit && !letter.test(character),
    capital: upper.test(character),
  };
}

export function countCharacters(text: string): CharacterCounts {
  let [characters, spaces, others, digits, capitals] = [0, 0, 0, 0, 0];
  for (const character of text) {
    const kinds = ascii[character.charCodeAt(0)] ?? kindsOf(character);
    characters++;
    if (kinds.space) spaces++;
    if (kinds.other) others++;
    if (kinds.digit) digits++;
    if (kinds.capital) capitals++;
  }
  return { characters, spaces, others, digits, capitals };
}

/** `isupper`: capitals, and nothing that is small. */
export function isUpper(word: string): boolean {
  return upper.test(word) && !lower.test(word) && !title.test(word);
}

/** `istitle`: every run of cased letters begins with a capital and goes on small. */
export function isTitle(word: string): boolean {
  let [wasCased, hasCased] = [false, false];
  for (const character of word) {
    const isCapital = upper.test(character) || title.test(character);
    const isSmall = !isCapital && lower.test(character);
    if (isCapital ? wasCased : isSmall && !wasCased) return false;
    wasCased = isCapital || isSmall;
    hasCased ||= wasCased;
  }
  return hasCased;
}
