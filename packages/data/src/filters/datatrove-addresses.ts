/**
 * What datatrove's patterns take for e-mail and IPv4 addresses (PIIFormatter, 0.10), to the letter: ASCII
 * addresses that begin at a word boundary of Unicode, and four numbers anywhere, parts of longer ones too.
 */

const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)';
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const domain = new RegExp(
  `@(?:(?:${label}\\.)+${label}|\\[(?:${octet}\\.){3}(?:${octet}|[A-Za-z0-9-]*[A-Za-z0-9]:)\\])`,
  'y',
);
export const datatroveIp = new RegExp(`(?:${octet}\\.){3}${octet}`, 'g');
const localCharacter = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]/;
const wordCharacter = /[\p{L}\p{N}_]/u;

/**
 * What the pattern `\b local(.local)* @ domain` replaces, found from each `@` outwards: a scan from the left
 * would take quadratic time on long runs without an `@`.
 */
export function replaceDatatroveEmails(text: string, replacement: () => string): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at < done) continue;
    domain.lastIndex = at;
    const match = domain.exec(text);
    if (match === null) continue;
    const start = localStart(text, at, done);
    if (start < 0) continue;
    result += text.slice(done, start) + replacement();
    done = at + match[0].length;
  }
  return result + text.slice(done);
}

/** Leftmost start, at a word boundary, of the dotted local characters that end before `at`; −1 if none. */
function localStart(text: string, at: number, from: number): number {
  let start = -1;
  for (let index = at - 1; index >= from; index--) {
    const character = text[index]!;
    if (character === '.') {
      // A dot needs local characters on both sides.
      if (index + 1 === at || text[index + 1] === '.') break;
      continue;
    }
    if (!localCharacter.test(character)) break;
    if (isWord(text, index - 1) !== isWord(text, index)) start = index;
  }
  return start;
}

function isWord(text: string, index: number): boolean {
  if (index < 0) return false;
  const unit = text.charCodeAt(index);
  const low = (unit & 0xfc00) === 0xdc00 && index > 0;
  return wordCharacter.test(low ? text.slice(index - 1, index + 1) : text[index]!);
}
