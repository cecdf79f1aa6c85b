/**
 * The text of one value inside a JSON text, as it was written: 12345678901234567890 and 1.0 stay what they
 * are, and keys keep their order, none of which survives `JSON.parse`.
 */

/**
 * `path`: keys and indices from the top. `text` must be valid JSON that has a value there. Of a key that
 * occurs twice the last counts, as for `JSON.parse`.
 */
export function jsonSource(text: string, path: readonly (string | number)[]): string {
  let start = skipBlank(text, 0);
  for (const step of path)
    start = typeof step === 'number' ? elementAt(text, start, step) : memberAt(text, start, step);
  return text.slice(start, endOf(text, start));
}

function memberAt(text: string, object: number, key: string): number {
  let found = -1;
  let at = skipBlank(text, object + 1);
  while (text[at] === '"') {
    const keyEnd = endOf(text, at);
    const value = skipBlank(text, skipBlank(text, keyEnd) + 1);
    if (JSON.parse(text.slice(at, keyEnd)) === key) found = value;
    at = afterComma(text, endOf(text, value));
  }
  return found;
}

function elementAt(text: string, list: number, index: number): number {
  let at = skipBlank(text, list + 1);
  for (let i = 0; i < index; i++) at = afterComma(text, endOf(text, at));
  return at;
}

function afterComma(text: string, end: number): number {
  const at = skipBlank(text, end);
  return text[at] === ',' ? skipBlank(text, at + 1) : at;
}

/** Where the value that starts at `start` ends. */
function endOf(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  if (first !== '{' && first !== '[') {
    scalar.lastIndex = start;
    return start + (scalar.exec(text)?.[0].length ?? 0);
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
  return at;
}

/** A number, true, false or null. */
const scalar = /[^\s,\]}]*/y;
