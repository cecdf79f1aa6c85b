/**
 * GPT-2's splits: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
 * (also r50k, p50k).
 */
import { letters, numbers, spacesBeforeLast, symbols } from './scan-runs.js';
import { classAndLength, LETTER, MARK, NUMBER, OTHER } from './unicode-classes.js';

export function scanGpt2(view: DataView, start: number, end: number): number {
  let position = start;
  const first = view.getUint8(position);
  if (first === 0x27 && position + 1 < end) {
    const second = view.getUint8(position + 1);
    if (second === 115 || second === 116 || second === 109 || second === 100) return position + 2;
    const third = position + 2 < end ? view.getUint8(position + 2) : 0;
    if (third === 101 && (second === 114 || second === 118)) return position + 3;
    if (third === 108 && second === 108) return position + 3;
  }
  if (first === 0x20) position++;
  if (position < end) {
    const found = classAndLength(view, position);
    const unicodeClass = found >> 3;
    const next = position + (found & 7);
    if (unicodeClass === OTHER || unicodeClass === MARK) return symbols(view, next, end);
    if (unicodeClass <= LETTER) return letters(view, next, end);
    if (unicodeClass === NUMBER) return numbers(view, next, end, Number.POSITIVE_INFINITY);
  }
  return spacesBeforeLast(view, start, end);
}
