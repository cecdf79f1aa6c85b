/** `\…` of a pattern, inside character classes and outside. */
import type { CodePointSet } from './code-point-set.js';
import type { PatternSource } from './pattern-source.js';
import { categorySet, hexDigits, propertySet, whiteSpace, wordCharacters } from './unicode-sets.js';

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

const sets: Readonly<Record<string, () => CodePointSet>> = {
  s: () => whiteSpace,
  S: () => whiteSpace.inverted(),
  d: () => categorySet('Nd'),
  D: () => categorySet('Nd').inverted(),
  w: wordCharacters,
  W: () => wordCharacters().inverted(),
  h: () => hexDigits,
  H: () => hexDigits.inverted(),
};

/** A code point or a set; the position is after the backslash. */
export function parseEscape(source: PatternSource, isInClass: boolean): number | CodePointSet {
  const name = source.take();
  if (isInClass && name === 'w') return propertySet('word')!;
  if (isInClass && name === 'W') return propertySet('word')!.inverted();
  if (name === '') throw source.unsupported('a "\\" at its end');
  const set = sets[name];
  if (Object.hasOwn(sets, name)) return set!();
  if (name === 'p' || name === 'P') return parseProperty(source, name === 'P', isInClass);
  if (Object.hasOwn(controls, name)) return controls[name]!;
  if (name === 'x' || name === 'u') return parseCodePoint(source, name);
  if (name === '0') return Number.parseInt(source.match(/[0-7]{1,2}/y)?.[0] ?? '0', 8);
  if (/[1-9A-Zbgkoyc]/.test(name)) throw source.unsupported(`"\\${name}"`);
  return name.codePointAt(0)!;
}

function parseProperty(source: PatternSource, isInverted: boolean, isInClass: boolean): CodePointSet {
  const found = source.match(/\{(\^?)([^{}]{1,100})\}/y);
  if (found === undefined) throw source.unsupported('a "\\p" without a property in braces');
  const isWord = !isInClass && /^word$/i.test(found[2]!);
  const set = isWord ? wordCharacters() : propertySet(found[2]!);
  if (set === undefined) throw source.unsupported(`the unknown property "${found[2]}"`);
  return (found[1] === '^') === isInverted ? set : set.inverted();
}

function parseCodePoint(source: PatternSource, name: string): number {
  const found =
    name === 'x'
      ? source.match(/\{([0-9a-fA-F]{1,8})\}|([0-9a-fA-F]{1,2})/y)
      : source.match(/([0-9a-fA-F]{4})/y);
  const value = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
  // `\x80` to `\xff` are bytes of UTF-8 there.
  const isByte = found?.[2] !== undefined && value > 127;
  if (Number.isNaN(value) || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) || isByte)
    throw source.unsupported(`a "\\${name}" that is no code point`);
  return value;
}
