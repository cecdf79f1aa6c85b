/**
 * The class of every code point that the pre-tokenization patterns tell apart, fixed here rather than asked
 * of the engine, so that the same text gives the same ids in every browser. Whitespace is Unicode's
 * White_Space (as in Rust and Oniguruma): it holds U+0085 and not U+FEFF, unlike JavaScript's `\s`.
 */
import { unicodeClassRuns } from './unicode-class-runs.js';

/** Unassigned, punctuation, symbols, controls, surrogates. */
export const OTHER = 0;
/** Lu, Lt */
export const UPPER = 1;
/** Ll */
export const LOWER = 2;
/** Lm, Lo */
export const LETTER = 3;
/** Mn, Mc, Me */
export const MARK = 4;
/** Nd, Nl, No */
export const NUMBER = 5;
/** White_Space without CR and LF */
export const SPACE = 6;
/** CR, LF */
export const NEWLINE = 7;

/** [0x110000] class of each code point */
export const unicodeClasses: Uint8Array = /* @__PURE__ */ expand(unicodeClassRuns);

function expand(runs: string): Uint8Array {
  const classes = new Uint8Array(0x110000);
  let codePoint = 0;
  for (let i = 0; i < runs.length; ) {
    let digit = digitOf(runs.charCodeAt(i++));
    const unicodeClass = digit & 7;
    let length = (digit >> 3) & 3;
    for (let shift = 2; digit & 32; shift += 5) {
      digit = digitOf(runs.charCodeAt(i++));
      length |= (digit & 31) << shift;
    }
    if (unicodeClass !== OTHER) classes.fill(unicodeClass, codePoint, codePoint + length + 1);
    codePoint += length + 1;
  }
  return classes;
}

/** A–Z a–z 0–9 - _ → 0…63 */
function digitOf(code: number): number {
  if (code >= 97) return code - 71;
  if (code === 95) return 63;
  if (code >= 65) return code - 65;
  return code === 45 ? 62 : code + 4;
}

/** (class << 3) | byte length of the character at `position` of valid UTF-8. */
export function classAndLength(view: DataView, position: number): number {
  const first = view.getUint8(position);
  if (first < 0x80) return (unicodeClasses[first]! << 3) | 1;
  const second = view.getUint8(position + 1) & 63;
  if (first < 0xe0) return (unicodeClasses[((first & 31) << 6) | second]! << 3) | 2;
  const third = view.getUint8(position + 2) & 63;
  if (first < 0xf0) return (unicodeClasses[((first & 15) << 12) | (second << 6) | third]! << 3) | 3;
  const codePoint = ((first & 7) << 18) | (second << 12) | (third << 6) | (view.getUint8(position + 3) & 63);
  return (unicodeClasses[codePoint]! << 3) | 4;
}
