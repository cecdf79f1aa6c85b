/** Tokens of Punkt: words with the full stop that follows them, marks, dashes and ellipses. */
import { isPythonSpace } from '../python-text.js';

const noWordStart: ReadonlySet<string> = new Set('("`{[:;&#*@)}]-,');
/** What stands in no word, so that it may follow a full stop directly. */
export const noWord: ReadonlySet<string> = new Set(')";}]*:@\'({[?!');

const number = /^-?[.,]?\p{Nd}[\p{Nd},.-]*$/u;
export const numberType = '##number##';

/** The word as Punkt knows it: lower case, numbers alike. */
export function typeOf(token: string): string {
  const lower = token.toLowerCase();
  return number.test(lower) ? numberType : lower;
}

const isSpaceAt = (text: string, at: number): boolean => isPythonSpace(text.charCodeAt(at));
const isBlankAt = (text: string, at: number): boolean => text[at] !== '\n' && isSpaceAt(text, at);

/** The length of a dash (`--`) or an ellipsis (`...`, `. . .`) at a place; 0 where there is none. */
function multipleAt(text: string, at: number): number {
  const first = text[at];
  if (first !== '-' && first !== '.') return 0;
  let end = at + 1;
  while (text[end] === first) end++;
  if (end - at > 1) return end - at;
  if (first === '-') return 0;
  // Full stops of one line with one white space character between them: three at least.
  let stops = 1;
  while (end < text.length && isBlankAt(text, end) && text[end + 1] === '.') {
    stops++;
    end += 2;
  }
  return stops > 2 ? end - at : 0;
}

/** Whether two full stops or dashes, or three stops with blanks, begin here: reads no further. */
function isMultipleAt(text: string, at: number): boolean {
  const first = text[at];
  if (first !== '-' && first !== '.') return false;
  if (text[at + 1] === first) return true;
  if (first === '-') return false;
  return text[at + 2] === '.' && text[at + 4] === '.' && isBlankAt(text, at + 1) && isBlankAt(text, at + 3);
}

/** Tokens of a text, line by line. */
export function punktTokens(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpaceAt(text, at)) {
      at++;
      continue;
    }
    let end = at + multipleAt(text, at);
    if (end === at) {
      end += text.codePointAt(at)! > 0xffff ? 2 : 1;
      if (!noWordStart.has(text[at]!)) while (end < text.length && !endsWord(text, end)) end++;
    }
    tokens.push(text.slice(at, end));
    at = end;
  }
  return tokens;
}

function endsWord(text: string, at: number): boolean {
  const mark = text[at]!;
  if (isSpaceAt(text, at) || noWord.has(mark) || isMultipleAt(text, at)) return true;
  if (mark !== ',') return false;
  const next = at + 1;
  return next === text.length || isSpaceAt(text, next) || noWord.has(text[next]!) || isMultipleAt(text, next);
}
