/**
 * Runs of characters in UTF-8 that the hand-written scanners share. Every function takes `[start, end)` of
 * valid UTF-8 and returns the position after the run.
 */
import {
  classAndLength,
  LETTER,
  MARK,
  NEWLINE,
  NUMBER,
  OTHER,
  SPACE,
  unicodeClasses,
} from './unicode-classes.js';

/**
 * Returns the end of the piece that begins at `start`; `end` is the end of the text. Reads a word at a time:
 * 3 bytes after `end` must be readable.
 */
export type Scanner = (view: DataView, start: number, end: number) => number;

export function isAsciiLetter(byte: number): boolean {
  const lower = byte | 32;
  return lower >= 97 && lower <= 122;
}

/** \p{L}* */
export function letters(view: DataView, start: number, end: number): number {
  let position = start;
  while (position < end) {
    // Four bytes at once; the high bit of each byte that is no ASCII letter.
    const word = view.getInt32(position, true);
    const lower = (word | 0x20202020) & 0x7f7f7f7f;
    const others = (~(lower + 0x1f1f1f1f) | (lower + 0x05050505) | word) & ~0x7f7f7f7f;
    if (others === 0) {
      position += 4;
      continue;
    }
    position += (31 - Math.clz32(others & -others)) >> 3;
    if (position >= end || view.getUint8(position) < 0x80) break;
    const found = classAndLength(view, position);
    if (found >> 3 > LETTER || found >> 3 === OTHER) break;
    position += found & 7;
  }
  return Math.min(position, end);
}

/** \p{N}{0,limit} */
export function numbers(view: DataView, start: number, end: number, limit: number): number {
  let position = start;
  for (let count = 0; count < limit && position < end; count++) {
    const found = classAndLength(view, position);
    if (found >> 3 !== NUMBER) break;
    position += found & 7;
  }
  return position;
}

/** [^\s\p{L}\p{N}]* */
export function symbols(view: DataView, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const found = classAndLength(view, position);
    if (found >> 3 !== OTHER && found >> 3 !== MARK) break;
    position += found & 7;
  }
  return position;
}

/**
 * `\s+(?!\S)|\s+`: all whitespace, less its last character
 * when something else follows and it is not the only one.
 */
export function spacesBeforeLast(view: DataView, start: number, end: number): number {
  let position = start;
  let last = start;
  while (position < end) {
    const found = classAndLength(view, position);
    if (found >> 3 < SPACE) return last > start ? last : position;
    last = position;
    position += found & 7;
  }
  return position;
}

/**
 * `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line break of a run of whitespace, else as `spacesBeforeLast`.
 */
export function spacesOrLines(view: DataView, start: number, end: number): number {
  let position = start;
  let last = start;
  let afterBreak = start;
  while (position < end) {
    const found = classAndLength(view, position);
    const unicodeClass = found >> 3;
    if (unicodeClass < SPACE) {
      if (afterBreak > start) return afterBreak;
      return last > start ? last : position;
    }
    last = position;
    position += found & 7;
    if (unicodeClass === NEWLINE) afterBreak = position;
  }
  return afterBreak > start ? afterBreak : position;
}

/**
 * Length of `'s 't 'm 'd 'll 've 're` at `position`, in either case, or 0. `ſ` (U+017F) folds to s, as in
 * every case-insensitive Unicode engine.
 */
export function contraction(view: DataView, position: number, end: number): number {
  if (view.getUint8(position) !== 0x27 || position + 1 >= end) return 0;
  const first = view.getUint8(position + 1);
  const lower = first | 32;
  if (first >= 0x80) return first === 0xc5 && view.getUint8(position + 2) === 0xbf ? 3 : 0;
  if (lower === 115 || lower === 116 || lower === 109 || lower === 100) return 2;
  if (position + 2 >= end) return 0;
  const second = view.getUint8(position + 2) | 32;
  const first64 = view.getUint8(position + 2) >= 64;
  if (lower === 108 && second === 108) return first64 ? 3 : 0;
  if ((lower === 118 || lower === 114) && second === 101) return first64 ? 3 : 0;
  return 0;
}

/** Whether a code point is \p{L}. */
export function isLetter(codePoint: number): boolean {
  const unicodeClass = unicodeClasses[codePoint]!;
  return unicodeClass > OTHER && unicodeClass <= LETTER;
}
