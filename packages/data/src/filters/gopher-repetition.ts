/**
 * Gopher's repetition filter (Rae et al. 2021, table A1) as datatrove 0.10 computes it: duplicate paragraphs and
 * lines, the most frequent 2- to 4-gram, repeated 5- to 10-grams, each as a share of the characters. `fineweb-v1`
 * splits lines with `splitlines` as the FineWeb release did. N-grams are compared by 64-bit hashes of their letters.
 */

import { KeyCounter } from '../deduplication/hashing.js';
import { drop, type FilterPreset, type FilterResult, pass } from '../page/verdict.js';
import { englishWords } from '../words/english-words.js';
import { codePointLength, splitLines, strip } from '../words/python-text.js';

export interface GopherRepetitionOptions {
  readonly preset?: FilterPreset | undefined;
  readonly duplicateLineFraction?: number | undefined;
  readonly duplicateParagraphFraction?: number | undefined;
  readonly duplicateLineCharacterFraction?: number | undefined;
  readonly duplicateParagraphCharacterFraction?: number | undefined;
  /** `[n, share]`: dropped above this share of characters in the most frequent n-gram. */
  readonly topGrams?: readonly (readonly [number, number])[] | undefined;
  /** `[n, share]`: dropped above this share of characters in n-grams seen before. */
  readonly duplicateGrams?: readonly (readonly [number, number])[] | undefined;
}

const defaultTopGrams = [
  [2, 0.2],
  [3, 0.18],
  [4, 0.16],
] as const;
const defaultDuplicateGrams = [
  [5, 0.15],
  [6, 0.14],
  [7, 0.13],
  [8, 0.12],
  [9, 0.11],
  [10, 0.1],
] as const;

export function gopherRepetition(text: string, options: GopherRepetitionOptions = {}): FilterResult {
  const length = codePointLength(text);
  const paragraphs = strip(text).split(/\n{2,}/);
  const duplicateParagraphs = countDuplicates(paragraphs);
  if (duplicateParagraphs.elements / paragraphs.length > (options.duplicateParagraphFraction ?? 0.3)) {
    return drop('dup_para_frac');
  }
  if (duplicateParagraphs.characters / length > (options.duplicateParagraphCharacterFraction ?? 0.2)) {
    return drop('dup_para_char_frac');
  }
  const lines = options.preset === 'fineweb-v1' ? splitLines(text) : text.split(/\n+/);
  const duplicateLines = countDuplicates(lines);
  if (duplicateLines.elements / lines.length > (options.duplicateLineFraction ?? 0.3))
    return drop('dup_line_frac');
  if (duplicateLines.characters / length > (options.duplicateLineCharacterFraction ?? 0.2)) {
    return drop('dup_line_char_frac');
  }
  const grams = new WordGrams(englishWords(text));
  for (const [n, share] of options.topGrams ?? defaultTopGrams) {
    if (grams.topCharacters(n) / length > share) return drop(`top_${n}_gram`);
  }
  for (const [n, share] of options.duplicateGrams ?? defaultDuplicateGrams) {
    if (grams.duplicateCharacters(n) / length > share) return drop(`duplicated_${n}_n_grams`);
  }
  return pass(text);
}

/** How many elements were seen before, and how many code points they have. */
export function countDuplicates(elements: readonly string[]): { elements: number; characters: number } {
  const seen = new Set<string>();
  let count = 0;
  let characters = 0;
  for (const element of elements) {
    if (seen.has(element)) {
      count++;
      characters += codePointLength(element);
    } else seen.add(element);
  }
  return { elements: count, characters };
}

const counter = new KeyCounter();
const base1 = 0x01000193;
const base2 = 0x5bd1e995;

/** Powers of the bases; they grow to the longest text met. */
let powerHigh = new Int32Array(0);
let powerLow = new Int32Array(0);

function growPowers(length: number): void {
  if (powerHigh.length >= length) return;
  powerHigh = new Int32Array(2 * length).fill(1);
  powerLow = new Int32Array(2 * length).fill(1);
  for (let at = 1; at < powerHigh.length; at++) {
    powerHigh[at] = Math.imul(powerHigh[at - 1]!, base1);
    powerLow[at] = Math.imul(powerLow[at - 1]!, base2);
  }
}

/** Hashes of ranges of words in constant time: polynomial hashes of the prefixes of the words written one after another. */
class WordGrams {
  readonly #words: readonly string[];
  /** Position of each word in the units and in the code points of the concatenation; length words + 1. */
  readonly #unit: Int32Array;
  readonly #point: Int32Array;
  readonly #high: Int32Array;
  readonly #low: Int32Array;

  constructor(words: readonly string[]) {
    this.#words = words;
    this.#unit = new Int32Array(words.length + 1);
    this.#point = new Int32Array(words.length + 1);
    let units = 0;
    let points = 0;
    for (let word = 0; word < words.length; word++) {
      units += words[word]!.length;
      points += codePointLength(words[word]!);
      this.#unit[word + 1] = units;
      this.#point[word + 1] = points;
    }
    this.#high = new Int32Array(words.length + 1);
    this.#low = new Int32Array(words.length + 1);
    growPowers(units + 1);
    let high = 0;
    let low = 0;
    for (let word = 0; word < words.length; word++) {
      const text = words[word]!;
      for (let unit = 0; unit < text.length; unit++) {
        const code = text.charCodeAt(unit) + 1;
        high = (Math.imul(high, base1) + code) | 0;
        low = (Math.imul(low, base2) + Math.imul(code, 0x9e3779b1)) | 0;
      }
      this.#high[word + 1] = high;
      this.#low[word + 1] = low;
    }
  }

  #highOf(from: number, to: number): number {
    const power = powerHigh[this.#unit[to]! - this.#unit[from]!]!;
    return (this.#high[to]! - Math.imul(this.#high[from]!, power)) | 0;
  }

  #lowOf(from: number, to: number): number {
    const power = powerLow[this.#unit[to]! - this.#unit[from]!]!;
    return (this.#low[to]! - Math.imul(this.#low[from]!, power)) | 0;
  }

  /** Characters (blanks between words included) of the most frequent n-gram times its count; the first of equals. */
  topCharacters(n: number): number {
    const last = this.#words.length - n;
    if (last < 0) return 0;
    counter.reset(last + 1);
    let most = 0;
    for (let at = 0; at <= last; at++) {
      most = Math.max(most, counter.add(this.#spacedHighOf(at, n), this.#lowOf(at, at + n)));
    }
    let first = 0;
    while (counter.count(this.#spacedHighOf(first, n), this.#lowOf(first, first + n)) < most) first++;
    return (n - 1 + this.#point[first + n]! - this.#point[first]!) * most;
  }

  /** Where blanks count, `a bc` is not `ab c`: the lengths of the words enter the key. */
  #spacedHighOf(at: number, n: number): number {
    let high = this.#highOf(at, at + n);
    for (let word = at; word < at + n; word++) {
      high = (Math.imul(high, 31) + this.#words[word]!.length) | 0;
    }
    return high;
  }

  /** Characters of the n-grams (written without blanks) that occurred before; a repeat is skipped as a whole. */
  duplicateCharacters(n: number): number {
    const last = this.#words.length - n;
    if (last < 0) return 0;
    counter.reset(last + 1);
    let characters = 0;
    for (let at = 0; at <= last; ) {
      if (counter.add(this.#highOf(at, at + n), this.#lowOf(at, at + n)) > 1) {
        characters += this.#point[at + n]! - this.#point[at]!;
        at += n;
      } else at++;
    }
    return characters;
  }
}
