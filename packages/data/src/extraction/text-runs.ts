/**
 * White space in a block as CSS collapses it: a run of it is one blank, none at the start and the end of a
 * line; a line break of the source between two letters of Chinese or Japanese is none at all (CSS Text 3,
 * "Segment Break Transformation Rules").
 */
import type { TextRun } from './page-blocks.js';

const spaces = /[ \t\n\r\f\v\u00a0\u0085\u2028\u2029]+/g;
/** A run that is not one blank. */
const uncollapsed = /[\t\n\r\f\v\u00a0\u0085\u2028\u2029]| {2}/;

const isSpace = (code: number): boolean =>
  code === 32 ||
  (code >= 9 && code <= 13) ||
  code === 0xa0 ||
  code === 0x85 ||
  code === 0x2028 ||
  code === 0x2029;

/** Where the text starts, and where it ends, without the white space around it. */
function innerStart(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function innerEnd(text: string): number {
  let at = text.length;
  while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** East Asian Wide, Fullwidth and Halfwidth, without Hangul, which has blanks between words. */
function isWide(code: number): boolean {
  if (code < 0x2e80) return false;
  return (
    code <= 0x312f ||
    (code >= 0x3190 && code <= 0xa4cf) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe4f) ||
    (code >= 0xff01 && code <= 0xff9f) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    // The first half of a pair of the supplementary ideographic planes.
    (code >= 0xd840 && code <= 0xd88d)
  );
}

/** Whether the character that ends there is wide; `at` is its last unit. */
function isWideBefore(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? isWide(text.charCodeAt(at - 1)) : isWide(code);
}

function collapseInside(text: string): string {
  if (!uncollapsed.test(text)) return text;
  return text.replace(spaces, (space, offset: number) => {
    if (!space.includes('\n') || offset === 0) return ' ';
    const next = offset + space.length;
    return isWideBefore(text, offset - 1) && isWide(text.charCodeAt(next)) ? '' : ' ';
  });
}

/** The runs of a block, collapsed; without text, none. */
export function collapseRuns(runs: readonly TextRun[]): TextRun[] {
  const collapsed: TextRun[] = [];
  let space = '';
  let before = '';
  for (const run of runs) {
    if (run.kind === 'break') {
      // A break at the start or after another one is for `paragraphs` to have seen.
      if (before !== '' && collapsed[collapsed.length - 1]?.kind !== 'break') collapsed.push(run);
      space = '';
      before = '';
      continue;
    }
    const start = innerStart(run.text);
    if (start === run.text.length) {
      space += run.text;
      continue;
    }
    const end = innerEnd(run.text);
    const inner = run.text.slice(start, end);
    space += run.text.slice(0, start);
    let gap = '';
    if (before !== '' && space !== '') {
      const joins =
        space.includes('\n') && isWideBefore(before, before.length - 1) && isWide(inner.charCodeAt(0));
      gap = joins ? '' : ' ';
    }
    const text = run.kind === 'formula' ? inner : collapseInside(inner);
    const last = collapsed[collapsed.length - 1];
    if (last !== undefined && last.kind === run.kind && last.link === run.link && run.kind !== 'formula') {
      collapsed[collapsed.length - 1] = { ...last, text: last.text + gap + text };
    } else {
      // A blank between a link or code and what is beside it belongs to the plain text.
      if (gap !== '') addBlank(collapsed, run);
      collapsed.push(
        gap !== '' && collapsed[collapsed.length - 1]?.text.endsWith(' ') !== true
          ? { ...run, text: gap + text }
          : { ...run, text },
      );
    }
    space = run.text.slice(end);
    before = text;
  }
  while (collapsed[collapsed.length - 1]?.kind === 'break') collapsed.pop();
  return collapsed;
}

/** Puts a blank before `next`: at the end of plain text, or as a run of its own. */
function addBlank(runs: TextRun[], next: TextRun): void {
  const last = runs[runs.length - 1];
  if (last === undefined || last.kind === 'break') return;
  if (last.kind === undefined && (last.link === undefined || last.link === next.link))
    runs[runs.length - 1] = { ...last, text: `${last.text} ` };
  else if (next.kind !== undefined || next.link !== undefined) runs.push({ text: ' ' });
}

export function textOfRuns(runs: readonly TextRun[]): string {
  if (runs.length === 1) return runs[0]!.text;
  let text = '';
  for (const run of runs) text += run.text;
  return text;
}
