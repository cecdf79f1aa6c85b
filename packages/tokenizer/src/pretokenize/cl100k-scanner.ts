/**
 * GPT-4's splits (also Llama 3, and with fewer digits a piece Qwen and nanochat):
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 */
import { contraction, letters, numbers, type Scanner, spacesOrLines, symbols } from './scan-runs.js';
import { classAndLength, LETTER, MARK, NEWLINE, NUMBER, OTHER } from './unicode-classes.js';

/** `digits`: how many \p{N} a piece holds at most. */
export function cl100kScanner(digits: number): Scanner {
  return (bytes, start, end) => {
    const first = bytes[start]!;
    if (first === 0x27) {
      const length = contraction(bytes, start, end);
      if (length > 0) return start + length;
    }
    const found = classAndLength(bytes, start);
    const unicodeClass = found >> 3;
    const next = start + (found & 7);
    if (unicodeClass !== OTHER && unicodeClass <= LETTER) return letters(bytes, next, end);
    if (unicodeClass === NUMBER) return numbers(bytes, next, end, digits - 1);
    if (unicodeClass === NEWLINE) return spacesOrLines(bytes, start, end);
    if (next < end) {
      const following = classAndLength(bytes, next);
      const followingClass = following >> 3;
      const afterFollowing = next + (following & 7);
      if (followingClass !== OTHER && followingClass <= LETTER) return letters(bytes, afterFollowing, end);
      if (unicodeClass === OTHER || unicodeClass === MARK) return symbolsAndLines(bytes, next, end);
      if (first === 0x20 && (followingClass === OTHER || followingClass === MARK)) {
        return symbolsAndLines(bytes, afterFollowing, end);
      }
    }
    if (unicodeClass === OTHER || unicodeClass === MARK) return next;
    return spacesOrLines(bytes, start, end);
  };
}

/** [^\s\p{L}\p{N}]*[\r\n]* */
function symbolsAndLines(bytes: Uint8Array, start: number, end: number): number {
  let position = symbols(bytes, start, end);
  while (position < end && (bytes[position] === 10 || bytes[position] === 13)) position++;
  return position;
}
