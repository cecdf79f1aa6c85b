/**
 * GPT-4's splits (also Llama 3, and with fewer digits a piece Qwen and nanochat):
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 */
import {
  contraction,
  isAsciiLetter,
  letters,
  numbers,
  type Scanner,
  spacesOrLines,
  symbols,
} from './scan-runs.js';
import { classAndLength, LETTER, MARK, NEWLINE, NUMBER, OTHER } from './unicode-classes.js';

/** `digits`: how many \p{N} a piece holds at most. */
export function cl100kScanner(digits: number): Scanner {
  return (view, start, end) => {
    const first = view.getUint8(start);
    // Most pieces are a space and an ASCII word.
    const word = first === 0x20 ? start + 1 : start;
    if (word < end && isAsciiLetter(view.getUint8(word))) return letters(view, word + 1, end);
    if (first === 0x27) {
      const length = contraction(view, start, end);
      if (length > 0) return start + length;
    }
    const found = classAndLength(view, start);
    const unicodeClass = found >> 3;
    const next = start + (found & 7);
    if (unicodeClass !== OTHER && unicodeClass <= LETTER) return letters(view, next, end);
    if (unicodeClass === NUMBER) return numbers(view, next, end, digits - 1);
    if (unicodeClass === NEWLINE) return spacesOrLines(view, start, end);
    if (next < end) {
      const following = classAndLength(view, next);
      const followingClass = following >> 3;
      const afterFollowing = next + (following & 7);
      if (followingClass !== OTHER && followingClass <= LETTER) return letters(view, afterFollowing, end);
      if (unicodeClass === OTHER || unicodeClass === MARK) return symbolsAndLines(view, next, end);
      if (first === 0x20 && (followingClass === OTHER || followingClass === MARK)) {
        return symbolsAndLines(view, afterFollowing, end);
      }
    }
    if (unicodeClass === OTHER || unicodeClass === MARK) return next;
    return spacesOrLines(view, start, end);
  };
}

/** [^\s\p{L}\p{N}]*[\r\n]* */
function symbolsAndLines(view: DataView, start: number, end: number): number {
  let position = symbols(view, start, end);
  while (position < end && (view.getUint8(position) === 10 || view.getUint8(position) === 13)) position++;
  return position;
}
