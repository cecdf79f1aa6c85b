/**
 * Every digit alone, then GPT-2's splits on what lies between (`Digits`
 * before `ByteLevel`: SmolLM, StarCoder). A digit ends the text for what
 * comes before it: whitespace stays whole there and no space joins a number.
 */
import { letters, spacesBeforeLast, symbols } from './scan-runs.js';
import { classAndLength, LETTER, MARK, NUMBER, OTHER, SPACE } from './unicode-classes.js';

export function scanGpt2Digits(view: DataView, start: number, end: number): number {
  let position = start;
  const first = view.getUint8(position);
  if (first === 0x27 && position + 1 < end) {
    const second = view.getUint8(position + 1);
    if (second === 115 || second === 116 || second === 109 || second === 100) return position + 2;
    const third = position + 2 < end ? view.getUint8(position + 2) : 0;
    if (third === 101 && (second === 114 || second === 118)) return position + 3;
    if (third === 108 && second === 108) return position + 3;
  }
  const own = classAndLength(view, position);
  if (own >> 3 === NUMBER) return position + (own & 7);
  if (first === 0x20) position++;
  if (position < end) {
    const found = classAndLength(view, position);
    const next = position + (found & 7);
    if (found >> 3 === OTHER || found >> 3 === MARK) return symbols(view, next, end);
    if (found >> 3 <= LETTER) return letters(view, next, end);
  }
  let runEnd = start;
  while (runEnd < end) {
    const found = classAndLength(view, runEnd);
    if (found >> 3 === NUMBER) return runEnd;
    if (found >> 3 < SPACE) break;
    runEnd += found & 7;
  }
  return spacesBeforeLast(view, start, end);
}
