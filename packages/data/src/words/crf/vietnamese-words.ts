/**
 * Vietnamese words as pyvi 0.1 marks them and spaCy takes them over, which datatrove does for FineWeb-2:
 * syllables, joined where a conditional random field says that they are one word. Model and list of words are
 * the caller's: pyvi's `models/pyvi3.pkl` and `models/words.txt` (MIT).
 */
import type { CutWords } from '../cut-words.js';
import { syllableSpans } from '../vietnamese-syllables.js';
import type { CrfTagger } from './crf-tagger.js';

export interface VietnameseModel {
  readonly tagger: CrfTagger;
  /** Of two and three syllables with one blank between them; others are of no use. */
  readonly words: Iterable<string>;
}

interface Syllable {
  readonly start: number;
  readonly end: number;
  readonly lower: string;
  /** Attributes of its own, without `word.lower()`. */
  readonly isUpper: boolean;
  readonly isTitle: boolean;
  readonly isDigit: boolean;
  /** A mark: no part of a word. */
  readonly isMark: boolean;
  readonly beginsWithTitle: boolean;
  readonly beginsWithDigit: boolean;
}

export function vietnameseWords({ tagger, words }: VietnameseModel): CutWords {
  const known = new Set(words);
  const inside = tagger.labels.indexOf('I_W');
  return function pyvi(text) {
    const syllables = syllableSpans(text).map(({ start, end }) => syllableOf(text, start, end));
    const labels = tagger.tag(syllables.map((_, at) => attributesAt(syllables, at, known)));
    const found: string[] = [];
    let start = 0;
    for (let at = 1; at <= syllables.length; at++) {
      const [left, right] = [syllables[at - 1]!, syllables[at]];
      if (right !== undefined && labels[at] === inside && mayJoin(left, right)) continue;
      found.push(text.slice(syllables[start]!.start, left.end));
      start = at;
    }
    return found;
  };
}

function mayJoin(left: Syllable, right: Syllable): boolean {
  if (left.isMark || right.isMark || left.beginsWithDigit || right.beginsWithDigit) return false;
  return !right.beginsWithTitle || left.beginsWithTitle;
}

function attributesAt(syllables: readonly Syllable[], at: number, known: ReadonlySet<string>): string[] {
  const own = syllables[at]!;
  const attributes = ['bias', `word.lower():${own.lower}`];
  if (own.isUpper) attributes.push('word.isupper()');
  if (own.isTitle) attributes.push('word.istitle()');
  if (own.isDigit) attributes.push('word.isdigit()');
  const neighbour = (step: -1 | 1): void => {
    const next = syllables[at + step];
    if (next === undefined) return;
    const name = step < 0 ? '-1' : '+1';
    attributes.push(`${name}:word.lower():${next.lower}`);
    if (next.isTitle) attributes.push(`${name}:word.istitle()`);
    if (next.isUpper) attributes.push(`${name}:word.isupper()`);
    const joined = (...of: Syllable[]): string =>
      (step < 0 ? of.reverse() : of).map(({ lower }) => lower).join(' ');
    if (known.has(joined(own, next))) attributes.push(`${name}:word.bi_gram()`);
    const second = syllables[at + 2 * step];
    if (second !== undefined && known.has(joined(own, next, second)))
      attributes.push(`${step < 0 ? '-2' : '+2'}:word.tri_gram()`);
  };
  neighbour(-1);
  neighbour(1);
  return attributes;
}

const asciiMark = /^[!-/:-@[-`{-~]$/;
const upper = /\p{Uppercase}|\p{Lt}/u;
const lower = /\p{Lowercase}/u;
const digits = /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468]+$/u;

function syllableOf(text: string, start: number, end: number): Syllable {
  const syllable = text.slice(start, end);
  const first = String.fromCodePoint(text.codePointAt(start)!);
  return {
    start,
    end,
    lower: syllable.toLowerCase(),
    isUpper: /\p{Uppercase}/u.test(syllable) && !lower.test(syllable) && !/\p{Lt}/u.test(syllable),
    isTitle: isTitle(syllable),
    isDigit: digits.test(syllable),
    isMark: asciiMark.test(syllable),
    beginsWithTitle: upper.test(first),
    beginsWithDigit: digits.test(first),
  };
}

/** `str.istitle`: capitals only where no cased letter stands before them, small letters only behind one. */
function isTitle(text: string): boolean {
  let [found, cased] = [false, false];
  for (const character of text) {
    const isUpper = upper.test(character);
    if (isUpper ? cased : lower.test(character) && !cased) return false;
    cased = isUpper || lower.test(character);
    found ||= cased;
  }
  return found;
}
