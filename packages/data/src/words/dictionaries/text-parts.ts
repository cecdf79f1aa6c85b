/**
 * Long texts in parts of about 120 code points, so that many ways to cut them do not multiply: behind a blank
 * between 100 and 140, or in front of the longest word there.
 */
const [windowStart, windowEnd] = [100, 140];

/** `cut` gives the words of a stretch; of its longest words the first or the last counts. */
export function parts(
  text: string,
  cut: (sample: string) => readonly string[],
  longest: 'first' | 'last',
): string[] {
  const found: string[] = [];
  let start = 0;
  for (;;) {
    const sampleStart = forward(text, start, windowStart);
    const sampleEnd = sampleStart && forward(text, sampleStart, windowEnd - windowStart);
    if (sampleStart === undefined || sampleEnd === undefined) break;
    const sample = text.slice(sampleStart, sampleEnd);
    const blank = sample.lastIndexOf(' ');
    const end = sampleStart + (blank >= 0 ? blank + 1 : beforeLongest(cut(sample), longest));
    found.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length) found.push(text.slice(start));
  return found;
}

/** The place so many code points further on; undefined behind the end. */
function forward(text: string, start: number, points: number): number | undefined {
  let at = start;
  for (let point = 0; point < points; point++) {
    if (at >= text.length) return undefined;
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  }
  return at;
}

function beforeLongest(words: readonly string[], which: 'first' | 'last'): number {
  let [start, best, most] = [0, 0, 0];
  for (const word of words) {
    const length = [...word].length;
    if (length > most || (which === 'last' && length === most)) [most, best] = [length, start];
    start += word.length;
  }
  return best;
}
