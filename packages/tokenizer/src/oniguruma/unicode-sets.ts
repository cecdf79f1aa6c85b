/**
 * The characters that a pattern's classes and properties stand for, from tables of Unicode 16 that came from
 * the Oniguruma of Hugging Face `tokenizers`, so that they are the same on every engine. Only properties
 * without a table (rare scripts, emoji) are asked of the engine, and then without the characters that Unicode
 * 16 lacks.
 */
import { unicodeClasses } from '../pretokenize/unicode-classes.js';
import { CodePointSet } from './code-point-set.js';
import * as tables from './unicode-category-runs.js';

const categories =
  'Cn Lu Lt Ll Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co'.split(' ');
/** Long names, as Oniguruma takes them, in the order of `categories`. */
const longNames =
  'unassigned uppercaseletter titlecaseletter lowercaseletter modifierletter otherletter nonspacingmark spacingmark enclosingmark decimalnumber letternumber othernumber connectorpunctuation dashpunctuation openpunctuation closepunctuation initialpunctuation finalpunctuation otherpunctuation mathsymbol currencysymbol modifiersymbol othersymbol spaceseparator lineseparator paragraphseparator control format surrogate privateuse'.split(
    ' ',
  );
const groups: Readonly<Record<string, readonly string[]>> = {
  l: ['L'],
  letter: ['L'],
  m: ['M'],
  mark: ['M'],
  combiningmark: ['M'],
  n: ['N'],
  number: ['N'],
  p: ['P'],
  punctuation: ['P'],
  punct: ['P'],
  s: ['S'],
  symbol: ['S'],
  z: ['Z'],
  separator: ['Z'],
  c: ['C'],
  other: ['C'],
  lc: ['Lu', 'Ll', 'Lt'],
  casedletter: ['Lu', 'Ll', 'Lt'],
  cntrl: ['Cc'],
  digit: ['Nd'],
};

let categoryOf: Uint8Array | undefined;
const cache = new Map<string, CodePointSet>();

function remembered(name: string, make: () => CodePointSet): CodePointSet {
  let set = cache.get(name);
  if (set === undefined) {
    set = make();
    cache.set(name, set);
  }
  return set;
}

/** Characters of these general categories; one letter stands for all that begin with it. */
export function categorySet(...names: readonly string[]): CodePointSet {
  return remembered(`category ${names.join()}`, () => {
    categoryOf ??= readCategories();
    const wanted = categories.map((category) => names.some((name) => category.startsWith(name)));
    const bounds: number[] = [];
    let inside = false;
    for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
      if (wanted[categoryOf[codePoint]!] === inside) continue;
      inside = !inside;
      bounds.push(codePoint);
    }
    if (inside) bounds.push(0x110000);
    return new CodePointSet(bounds);
  });
}

/** Runs of categories over the code points of each class in turn. */
function readCategories(): Uint8Array {
  const next = numbersIn(tables.categoryRuns);
  const result = new Uint8Array(0x110000);
  for (let wanted = 0, left = 0, category = 0; wanted < 8; wanted++) {
    for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
      if (unicodeClasses[codePoint] !== wanted) continue;
      if (left === 0) {
        category = next();
        left = next() + 1;
      }
      result[codePoint] = category;
      left--;
    }
  }
  return result;
}

/** Numbers in digits of five bits, least first; the sixth says that more follow. */
function numbersIn(text: string): () => number {
  let position = 0;
  return () => {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const digit = digitOf(text.charCodeAt(position++));
      value |= (digit & 31) << shift;
      if (digit < 32) return value;
    }
  };
}

/** A–Z a–z 0–9 - _ → 0…63 */
function digitOf(code: number): number {
  if (code >= 97) return code - 71;
  if (code === 95) return 63;
  if (code >= 65) return code - 65;
  return code === 45 ? 62 : code + 4;
}

function toggled(text: string): CodePointSet {
  const next = numbersIn(text);
  const bounds: number[] = [];
  const count = text.replace(/[g-z0-9_-]/g, '').length;
  for (let i = 0, at = 0; i < count; i++) {
    at += next();
    bounds.push(at);
  }
  return new CodePointSet(bounds);
}

export const anyCharacter = new CodePointSet([0, 0x110000]);
export const whiteSpace = CodePointSet.of(
  [9, 13],
  [32, 32],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
);
export const hexDigits = CodePointSet.of([48, 57], [65, 70], [97, 102]);

export const alphabetic = (): CodePointSet =>
  remembered('alphabetic', () => categorySet('L', 'Nl').difference(toggled(tables.alphabeticToggles)));

const word = (): CodePointSet => remembered('word', () => alphabetic().union(categorySet('M', 'Nd', 'Pc')));

/**
 * `\w` and `\b` of Oniguruma outside character classes, which count the Latin-1 superscripts and fractions
 * too.
 */
export const wordCharacters = (): CodePointSet =>
  remembered('word or fraction', () =>
    word().union(CodePointSet.of([0xb2, 0xb3], [0xb9, 0xb9], [0xbc, 0xbe])),
  );

/** `\w` of Rust's `regex`, which has the joiners. */
export const rustWord = (): CodePointSet =>
  remembered('rust word', () => word().union(CodePointSet.of([0x200c, 0x200d])));

/** `char::is_numeric` of Rust, which `Digits` asks. */
export const rustNumeric = (): CodePointSet =>
  remembered('rust numeric', () => categorySet('N').difference(toggled(tables.numericToggles)));

/** What the pre-tokenizer `Punctuation` cuts out: ASCII's and that of an old Unicode. */
export const rustPunctuation = (): CodePointSet =>
  remembered('rust punctuation', () => toggled(tables.punctuationToggles));

/** What the normalizer `StripAccents` takes away. */
export const rustAccents = (): CodePointSet =>
  remembered('rust accents', () => categorySet('M').difference(toggled(tables.accentToggles)));

const named: Readonly<Record<string, () => CodePointSet>> = {
  any: () => anyCharacter,
  ascii: () => CodePointSet.of([0, 127]),
  assigned: () => categorySet('Cn').inverted(),
  alphabetic,
  alpha: alphabetic,
  alnum: () => alphabetic().union(categorySet('Nd')),
  word,
  posixpunct: () => categorySet('P', 'S'),
  whitespace: () => whiteSpace,
  space: () => whiteSpace,
  blank: () => categorySet('Zs').union(CodePointSet.of([9, 9])),
  xdigit: () => hexDigits,
  uppercase: () => categorySet('Lu').difference(toggled(tables.uppercaseToggles)),
  lowercase: () => categorySet('Ll').difference(toggled(tables.lowercaseToggles)),
  upper: () => categorySet('Lu').difference(toggled(tables.uppercaseToggles)),
  lower: () => categorySet('Ll').difference(toggled(tables.lowercaseToggles)),
  graph: () => whiteSpace.union(categorySet('Cc', 'Cn', 'Cs')).inverted(),
  print: () =>
    whiteSpace
      .union(categorySet('Cc', 'Cn', 'Cs'))
      .inverted()
      .union(categorySet('Zs')),
};

/** The set of `\p{name}`, undefined where Oniguruma knows no such name. */
export function propertySet(name: string): CodePointSet | undefined {
  const plain = name.replace(/[ _-]/g, '').toLowerCase();
  return (
    knownSet(plain) ??
    // Scripts and binary properties without a table.
    (/^[A-Za-z_]+$/.test(name) ? engineSet(name) : undefined)
  );
}

function knownSet(plain: string): CodePointSet | undefined {
  if (Object.hasOwn(named, plain)) return remembered(plain, named[plain]!);
  if (Object.hasOwn(groups, plain)) return categorySet(...groups[plain]!);
  const index = Math.max(
    longNames.indexOf(plain),
    categories.findIndex((category) => category.toLowerCase() === plain),
  );
  if (index >= 0) return categorySet(categories[index]!);
  const script = `${plain}Toggles` as keyof typeof tables;
  return Object.hasOwn(tables, script) &&
    /^(?!alphabetic|uppercase|lowercase|punctuation|numeric|accent)/.test(plain)
    ? remembered(plain, () => toggled(tables[script]))
    : undefined;
}

function engineSet(name: string): CodePointSet | undefined {
  const words = name.split('_').map((word) => (word[0] ?? '').toUpperCase() + word.slice(1).toLowerCase());
  for (const property of [`Script=${words.join('_')}`, words.join('_'), name]) {
    try {
      const pattern = new RegExp(`\\p{${property}}`, 'u');
      return remembered(`engine ${property}`, () => {
        const bounds: number[] = [];
        for (const codePoint of categorySet('Cn').inverted()) {
          if (!pattern.test(String.fromCodePoint(codePoint))) continue;
          if (bounds.at(-1) === codePoint) bounds[bounds.length - 1] = codePoint + 1;
          else bounds.push(codePoint, codePoint + 1);
        }
        return new CodePointSet(bounds);
      });
    } catch {
      // Not this kind of property.
    }
  }
  return undefined;
}
