/**
 * GPT-4o's splits: words end where lower case turns into upper
 * case, marks belong to words, contractions to the word before.
 *
 *     [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
 *     |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
 *     |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *
 * What a regular expression finds by backtracking is found here
 * in one pass over a run of upper-case and caseless characters.
 */
import { contraction, numbers, spacesOrLines, symbols } from './scan-runs.js';
import {
  classAndLength,
  LETTER,
  LOWER,
  MARK,
  NEWLINE,
  NUMBER,
  OTHER,
  SPACE,
  UPPER,
} from './unicode-classes.js';

export function scanO200k(view: DataView, start: number, end: number): number {
  const found = classAndLength(view, start);
  const unicodeClass = found >> 3;
  const next = start + (found & 7);
  if (unicodeClass === NUMBER) return numbers(view, next, end, 2);
  if (unicodeClass === NEWLINE) return spacesOrLines(view, start, end);
  const isPrefix = unicodeClass === OTHER || unicodeClass === SPACE || unicodeClass === MARK;
  const isWord = !(unicodeClass === OTHER || unicodeClass === SPACE);
  // The alternatives in the pattern's order: with a lower-case
  // tail, then without; each with a prefix, then without.
  let upperEnd = 0;
  if (isPrefix) {
    const withTail = word(view, next, end);
    if (withTail > 0) return withTail + contraction(view, withTail, end);
    upperEnd = -withTail;
  }
  if (isWord) {
    const withTail = word(view, start, end);
    if (withTail > 0) return withTail + contraction(view, withTail, end);
    if (!isPrefix) upperEnd = -withTail;
  }
  if (upperEnd > 0) return upperEnd + contraction(view, upperEnd, end);
  if (isSymbol(unicodeClass)) return symbolsAndLines(view, next, end);
  if (view.getUint8(start) === 0x20 && next < end) {
    const following = classAndLength(view, next);
    if (isSymbol(following >> 3)) return symbolsAndLines(view, next + (following & 7), end);
  }
  return spacesOrLines(view, start, end);
}

/**
 * The end of `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` at `start`; without a match minus
 * the end of its first part, 0 when that is empty.
 */
function word(view: DataView, start: number, end: number): number {
  let position = start;
  let afterCaseless = 0;
  while (position < end) {
    const found = classAndLength(view, position);
    const unicodeClass = found >> 3;
    if (unicodeClass === LOWER) return lower(view, position + (found & 7), end);
    if (unicodeClass !== UPPER && unicodeClass !== LETTER && unicodeClass !== MARK) break;
    position += found & 7;
    if (unicodeClass !== UPPER) afterCaseless = position;
  }
  if (afterCaseless > 0) return afterCaseless;
  return position > start ? -position : 0;
}

/** [\p{Ll}\p{Lm}\p{Lo}\p{M}]* */
function lower(view: DataView, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const first = view.getUint8(position);
    if (first < 0x80) {
      if (first < 97 || first > 122) return position;
      position++;
    } else {
      const found = classAndLength(view, position);
      const unicodeClass = found >> 3;
      if (unicodeClass !== LOWER && unicodeClass !== LETTER && unicodeClass !== MARK) return position;
      position += found & 7;
    }
  }
  return position;
}

function isSymbol(unicodeClass: number): boolean {
  return unicodeClass === OTHER || unicodeClass === MARK;
}

/** [^\s\p{L}\p{N}]*[\r\n/]* */
function symbolsAndLines(view: DataView, start: number, end: number): number {
  let position = symbols(view, start, end);
  while (position < end) {
    const byte = view.getUint8(position);
    if (byte !== 10 && byte !== 13 && byte !== 47) break;
    position++;
  }
  return position;
}
