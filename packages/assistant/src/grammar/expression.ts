/** Regular languages over bytes, as trees; `ByteAutomaton` runs them. */

export type Expression =
  | { readonly type: 'byte'; readonly from: number; readonly to: number }
  | { readonly type: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly type: 'choice'; readonly parts: readonly Expression[] }
  | {
      readonly type: 'repeat';
      readonly part: Expression;
      readonly minimum: number;
      readonly maximum: number;
    };

/** From first to last, both included. */
export type CodePointRange = readonly [first: number, last: number];

export const sequence = (...parts: readonly Expression[]): Expression => ({ type: 'sequence', parts });
export const choice = (...parts: readonly Expression[]): Expression => ({ type: 'choice', parts });
export const empty = sequence();

/** `maximum` may be Infinity. */
export function repeat(part: Expression, minimum: number, maximum: number): Expression {
  return { type: 'repeat', part, minimum, maximum };
}

export const optional = (part: Expression): Expression => repeat(part, 0, 1);

export function literal(text: string): Expression {
  return sequence(...Array.from(new TextEncoder().encode(text), (byte) => byteRange(byte, byte)));
}

export function byteRange(from: number, to: number): Expression {
  return { type: 'byte', from, to };
}

export const lastCodePoint = 0x10ffff;

/** Any one of these characters in UTF-8; surrogates are none. */
export function characters(ranges: readonly CodePointRange[]): Expression {
  const parts: Expression[] = [];
  for (const [first, last] of ranges)
    for (const [from, to] of lengthRanges)
      if (Math.max(first, from) <= Math.min(last, to))
        addUtf8(parts, encode(Math.max(first, from)), encode(Math.min(last, to)));
  return choice(...parts);
}

/** Code points of one length in UTF-8. */
const lengthRanges: readonly CodePointRange[] = [
  [0, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xd7ff],
  [0xe000, 0xffff],
  [0x10000, lastCodePoint],
];

const encode = (codePoint: number): number[] => [
  ...new TextEncoder().encode(String.fromCodePoint(codePoint)),
];

/** All sequences from `low` to `high`, which are of one length, in the order of bytes (as RE2 compiles them). */
function addUtf8(parts: Expression[], low: readonly number[], high: readonly number[]): void {
  let same = 0;
  while (same < low.length && low[same] === high[same]) same++;
  const prefix = low.slice(0, same).map((byte) => byteRange(byte, byte));
  const add = (...rest: Expression[]): unknown => parts.push(sequence(...prefix, ...rest));
  const rest = low.length - same;
  if (rest <= 1) {
    add(...(rest === 0 ? [] : [byteRange(low[same]!, high[same]!)]));
    return;
  }
  const anyTail = Array.from({ length: rest - 1 }, () => byteRange(0x80, 0xbf));
  const isLowest = low.slice(same + 1).every((byte) => byte === 0x80);
  const isHighest = high.slice(same + 1).every((byte) => byte === 0xbf);
  const from = isLowest ? low[same]! : low[same]! + 1;
  const to = isHighest ? high[same]! : high[same]! - 1;
  const split = (first: number, tailLow: readonly number[], tailHigh: readonly number[]): void => {
    const head = low.slice(0, same);
    addUtf8(parts, [...head, first, ...tailLow], [...head, first, ...tailHigh]);
  };
  const tail = rest - 1;
  if (!isLowest) split(low[same]!, low.slice(same + 1), Array<number>(tail).fill(0xbf));
  if (from <= to) add(byteRange(from, to), ...anyTail);
  if (!isHighest) split(high[same]!, Array<number>(tail).fill(0x80), high.slice(same + 1));
}

/** The characters that are in none of the ranges. */
export function without(ranges: readonly CodePointRange[]): CodePointRange[] {
  const result: CodePointRange[] = [];
  let next = 0;
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (first > next) result.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= lastCodePoint) result.push([next, lastCodePoint]);
  return result;
}
