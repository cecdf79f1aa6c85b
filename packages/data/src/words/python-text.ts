/**
 * Python's view of text, where it differs from JavaScript's and a filter's decision hangs on it: lengths
 * count code points, white space includes U+001C…U+001F and U+0085 but not U+FEFF, `splitlines` knows eleven
 * line ends.
 */

const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const leading = new RegExp(`^[${space}]+`);
const runs = new RegExp(`[${space}]+`);
const allRuns = new RegExp(runs, 'g');
const lineEnds = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029';
const lineEnd = new RegExp(`\\r\\n|[${lineEnds}]`);

/** `str.isspace` of one UTF-16 unit. */
export function isPythonSpace(unit: number): boolean {
  if (unit <= 32) return unit === 32 || (unit >= 9 && unit <= 13) || unit >= 28;
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0;
  return (
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

const highSurrogate = /[\ud800-\udbff]/;

/** `len(text)`: code points. */
export function codePointLength(text: string): number {
  let length = text.length;
  // Most texts have no pair: the engine knows it of those in Latin-1 and finds out quickly of others.
  if (!highSurrogate.test(text)) return length;
  for (let at = 0; at < text.length - 1; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      length--;
      at++;
    }
  }
  return length;
}

/** `re.sub(r'\\s+', ' ', text)`. */
export function collapseSpace(text: string): string {
  return text.replace(allRuns, ' ');
}

/** `text.lstrip()`. */
export function stripStart(text: string): string {
  return text.replace(leading, '');
}

/** `text.rstrip()`, linear in the length of the trailing run. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** `text.strip()`. */
export function strip(text: string): string {
  return stripEnd(stripStart(text));
}

/** `text.split()`: words between runs of white space, no empty ones. */
export function splitOnSpace(text: string): string[] {
  const stripped = strip(text);
  return stripped === '' ? [] : stripped.split(runs);
}

/** `text.splitlines()`: no empty last line after a final line end, no lines for an empty text. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(lineEnd);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** How often `part` occurs in `text`, without overlaps (`text.count(part)`). */
export function countOccurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
