/** `[…]` with ranges, nested classes, intersections and POSIX names; the position is after the bracket. */
import { closeOverCase } from './case-folding.js';
import { CodePointSet } from './code-point-set.js';
import { parseEscape } from './parse-escape.js';
import type { PatternSource } from './pattern-source.js';
import { propertySet } from './unicode-sets.js';

/** Classes inside classes at most. */
const deepest = 50;

export interface CharacterClass {
  readonly set: CodePointSet;
  /** Where case is ignored: texts of several characters that one of the set is in another case. */
  readonly texts: readonly string[];
}

export function parseCharacterClass(source: PatternSource, ignoresCase: boolean): CharacterClass {
  const isNegated = source.accept('^');
  const inside = parseInside(source, 0);
  const { set, texts } = ignoresCase ? closeOverCase(inside) : { set: inside, texts: [] };
  return isNegated ? { set: set.inverted(), texts: [] } : { set, texts };
}

/** Up to and with the closing bracket. */
function parseInside(source: PatternSource, depth: number): CodePointSet {
  if (depth > deepest) throw source.unsupported(`character classes nested more than ${deepest} deep`);
  let whole: CodePointSet | undefined;
  let current = new CodePointSet([]);
  let previous: number | undefined;
  for (let isFirst = true; ; isFirst = false) {
    if (source.isAtEnd) throw source.unsupported('a character class that is not closed');
    if (source.accept(']')) {
      if (!isFirst || !source.text.includes(']', source.position)) break;
      previous = 0x5d;
      current = current.union(CodePointSet.of([previous, previous]));
      continue;
    }
    if (source.accept('&&')) {
      whole = whole?.intersection(current) ?? current;
      current = new CodePointSet([]);
      previous = undefined;
      continue;
    }
    // Oniguruma loses the hyphen, and some characters before it.
    if (!isFirst && source.match(/-(?=\[(?!:\^?[A-Za-z]+:\]))/y) !== undefined)
      throw source.unsupported('a hyphen between a character and a class inside a character class');
    const isRange =
      previous !== undefined &&
      source.next === '-' &&
      !/^(?:\]|&&|\[|$)/.test(source.text.slice(source.position + 1, source.position + 3));
    if (isRange) source.take();
    const item = parseItem(source, depth);
    if (!isRange) {
      current = current.union(typeof item === 'number' ? CodePointSet.of([item, item]) : item);
      previous = typeof item === 'number' ? item : undefined;
      continue;
    }
    if (typeof item !== 'number' || item < previous!)
      throw source.unsupported('a range in a character class that does not end in a greater character');
    current = current.union(CodePointSet.of([previous!, item]));
    previous = undefined;
  }
  const result = whole?.intersection(current) ?? current;
  if (whole === undefined && result.bounds.length === 0) throw source.unsupported('an empty character class');
  return result;
}

function parseItem(source: PatternSource, depth: number): number | CodePointSet {
  const named = source.match(/\[:(\^?)([A-Za-z]+):\]/y);
  if (named !== undefined) {
    const set =
      /^(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit|word)$/.test(
        named[2]!,
      )
        ? propertySet(named[2] === 'punct' ? 'posixpunct' : named[2]!)
        : undefined;
    if (set === undefined) throw source.unsupported(`the unknown POSIX class "${named[2]}"`);
    return named[1] === '^' ? set.inverted() : set;
  }
  const character = source.take();
  if (character === '[') {
    const isNegated = source.accept('^');
    const inside = parseInside(source, depth + 1);
    return isNegated ? inside.inverted() : inside;
  }
  if (character !== '\\') return character.codePointAt(0)!;
  if (source.accept('b')) return 8;
  if (/[RX]/.test(source.next)) throw source.unsupported(`"\\${source.next}" in a character class`);
  return parseEscape(source, true);
}
