/** Hugging Face's `Split`: what becomes of the matches of a pattern, those of no length included. */
import type { FindMatches } from '../oniguruma/compile-pattern.js';

export const splitBehaviors = [
  'Isolated',
  'Removed',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
] as const;
export type SplitBehavior = (typeof splitBehaviors)[number];

/** Calls back with the bounds of pieces in UTF-16 units, in order. */
export type SplitText = (text: string, visit: (start: number, end: number) => void) => void;

/** `inverted`: what lies between the matches counts as matched. */
export function splitText(find: FindMatches, behavior: SplitBehavior, inverted: boolean): SplitText {
  if (behavior === 'Isolated') return isolate(find);
  return (text, visit) => {
    if (text === '') return;
    const emit = (start: number, end: number): void => {
      if (end > start) visit(start, end);
    };
    // The piece that is open, and whether the part before it, or it, was a match.
    let start = 0;
    let end = -1;
    let wasMatch = false;
    const take = (from: number, to: number, isMatch: boolean): void => {
      const joins =
        behavior === 'Contiguous'
          ? isMatch === wasMatch
          : behavior === 'MergedWithPrevious'
            ? isMatch && !wasMatch
            : behavior === 'MergedWithNext' && wasMatch && !isMatch;
      if (end >= 0 && !joins) emit(start, end);
      if (end < 0 || !joins) start = from;
      end = to;
      wasMatch = isMatch;
    };
    const part = (from: number, to: number, isMatch: boolean): void => {
      if (behavior !== 'Removed') take(from, to, isMatch);
      else if (!isMatch) emit(from, to);
    };
    let last = 0;
    find(text, (from, to) => {
      if (from > last) part(last, from, inverted);
      part(from, to, !inverted);
      last = to;
    });
    if (last < text.length) part(last, text.length, inverted);
    if (end >= 0) emit(start, end);
  };
}

function isolate(find: FindMatches): SplitText {
  return (text, visit) => {
    let last = 0;
    find(text, (start, end) => {
      if (start > last) visit(last, start);
      if (end > start) visit(start, end);
      last = end;
    });
    if (last < text.length) visit(last, text.length);
  };
}

/** One step after the other, each on the pieces of the one before. */
export function splitInSteps(steps: readonly SplitText[]): SplitText {
  const run = (
    index: number,
    text: string,
    offset: number,
    visit: (start: number, end: number) => void,
  ): void => {
    const step = steps[index];
    if (step === undefined) visit(offset, offset + text.length);
    else step(text, (start, end) => run(index + 1, text.slice(start, end), offset + start, visit));
  };
  return (text, visit) => {
    if (text !== '') run(0, text, 0, visit);
  };
}
