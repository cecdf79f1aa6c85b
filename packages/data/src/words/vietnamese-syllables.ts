/**
 * Vietnamese syllables as pyvi 0.1 and spaCy cut them: words between blanks, marks, abbreviations with their
 * full stop, numbers, e-mail addresses, URLs. They are words where no model says which belong together.
 */
import { isPythonSpace } from './python-text.js';
import type { WordCutter } from './word-cutter.js';

const word = '[\\p{L}\\p{N}_]';
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const beforeEmail = new RegExp(
  `[A-ZĐ]+\\.|Tp\\.|Mr\\.|Mrs\\.|Ms\\.|Dr\\.|ThS\\.|==>|->|\\.\\.\\.|>>|${word}+:\\/\\/[^${space}]+`,
  'uy',
);
const email = /[a-zA-Z0-9_.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+/y;
const behindEmail = new RegExp(`\\p{Nd}+(?:[.,_]\\p{Nd}+)+|[^\\p{L}\\p{N}_${space}]|${word}+`, 'uy');
const localPart = /[a-zA-Z0-9_.+-]*/y;

/** Where the syllables of a text begin and end, in UTF-16 units. */
export function syllableSpans(text: string): { readonly start: number; readonly end: number }[] {
  const syllables: { start: number; end: number }[] = [];
  let localEnd = 0;
  for (let at = 0; at < text.length; ) {
    if (isPythonSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    // What may stand before an @ is read once, not again from each of its places.
    if (at >= localEnd) {
      localPart.lastIndex = at;
      localPart.test(text);
      localEnd = Math.max(at + 1, localPart.lastIndex);
    }
    const end =
      endOf(beforeEmail, text, at) ??
      (text[localEnd] === '@' ? endOf(email, text, at) : undefined) ??
      endOf(behindEmail, text, at) ??
      at + 1;
    syllables.push({ start: at, end });
    at = end;
  }
  return syllables;
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const words = (text: string): readonly string[] =>
  syllableSpans(text).map(({ start, end }) => text.slice(start, end));

export const vietnamese: WordCutter = { words, pieceTokens: words };
