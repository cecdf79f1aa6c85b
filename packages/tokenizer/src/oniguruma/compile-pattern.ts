/** From the text of a pattern in Oniguruma's syntax to what finds its matches. */
import type { CodePointSet } from './code-point-set.js';
import { compileProgram } from './compile-program.js';
import { Matcher } from './matcher.js';
import { parsePattern } from './parse-pattern.js';

/** Calls `visit` with the bounds of every match in UTF-16 units, in order. */
export type FindMatches = (text: string, visit: (start: number, end: number) => void) => void;

/** Throws `tokenizer/pattern-unsupported` or `tokenizer/pattern-unsafe`. */
export function compilePattern(source: string): FindMatches {
  const program = compileProgram(parsePattern(source), source);
  const matcher = new Matcher(program, source);
  return (text, visit) => matcher.forEach(text, visit);
}

/** Finds a text as it stands; an empty one between all characters. */
export function findText(wanted: string): FindMatches {
  if (wanted === '') return compilePattern('');
  return (text, visit) => {
    for (let start = text.indexOf(wanted); start >= 0; ) {
      const end = start + wanted.length;
      visit(start, end);
      start = text.indexOf(wanted, end);
    }
  };
}

/** Finds the characters of a set one by one. */
export function findSet(set: CodePointSet): FindMatches {
  return (text, visit) => {
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at)!;
      const end = at + (codePoint > 0xffff ? 2 : 1);
      if (set.has(codePoint)) visit(at, end);
      at = end;
    }
  };
}
