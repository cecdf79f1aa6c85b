import { KeyCounter } from './key-counter.js';

const base1 = 0x01000193;
const base2 = 0x5bd1e995;

/**
 * Repeated n-grams of a text's words. Ranges of words are hashed in constant time: polynomial hashes of the
 * prefixes of the words written one after another. One object serves many texts, one after the other.
 */
export class WordGrams {
  readonly #counter = new KeyCounter();
  /** Powers of the bases; they grow to the longest text met. */
  #powerHigh = new Int32Array(0);
  #powerLow = new Int32Array(0);
  #words: readonly string[] = [];
  /** Position of each word in the units and in the code points of the concatenation; length words + 1. */
  #unit = new Int32Array(1);
  #point = new Int32Array(1);
  #high = new Int32Array(1);
  #low = new Int32Array(1);

  /** Takes the words of the next text. */
  load(words: readonly string[]): void {
    this.#words = words;
    this.#unit = new Int32Array(words.length + 1);
    this.#point = new Int32Array(words.length + 1);
    this.#high = new Int32Array(words.length + 1);
    this.#low = new Int32Array(words.length + 1);
    let high = 0;
    let low = 0;
    for (let word = 0; word < words.length; word++) {
      const text = words[word]!;
      let points = text.length;
      for (let unit = 0; unit < text.length; unit++) {
        const code = text.charCodeAt(unit) + 1;
        // The second half of a pair.
        if (code > 0xdc00 && code <= 0xe000 && isHighSurrogate(text, unit - 1)) points--;
        high = (Math.imul(high, base1) + code) | 0;
        low = (Math.imul(low, base2) + Math.imul(code, 0x9e3779b1)) | 0;
      }
      this.#unit[word + 1] = this.#unit[word]! + text.length;
      this.#point[word + 1] = this.#point[word]! + points;
      this.#high[word + 1] = high;
      this.#low[word + 1] = low;
    }
    this.#growPowers(this.#unit[words.length]! + 1);
  }

  #growPowers(length: number): void {
    if (this.#powerHigh.length >= length) return;
    this.#powerHigh = new Int32Array(2 * length).fill(1);
    this.#powerLow = new Int32Array(2 * length).fill(1);
    for (let at = 1; at < 2 * length; at++) {
      this.#powerHigh[at] = Math.imul(this.#powerHigh[at - 1]!, base1);
      this.#powerLow[at] = Math.imul(this.#powerLow[at - 1]!, base2);
    }
  }

  #highOf(from: number, to: number): number {
    const power = this.#powerHigh[this.#unit[to]! - this.#unit[from]!]!;
    return (this.#high[to]! - Math.imul(this.#high[from]!, power)) | 0;
  }

  #lowOf(from: number, to: number): number {
    const power = this.#powerLow[this.#unit[to]! - this.#unit[from]!]!;
    return (this.#low[to]! - Math.imul(this.#low[from]!, power)) | 0;
  }

  /**
   * Characters (with blanks between words) of the most frequent n-gram (first of equals), times its count.
   */
  topCharacters(n: number): number {
    const last = this.#words.length - n;
    if (last < 0) return 0;
    this.#counter.reset(last + 1);
    let most = 0;
    for (let at = 0; at <= last; at++) {
      most = Math.max(most, this.#counter.add(this.#spacedHighOf(at, n), this.#lowOf(at, at + n)));
    }
    let first = 0;
    while (this.#counter.count(this.#spacedHighOf(first, n), this.#lowOf(first, first + n)) < most) first++;
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

  /** Characters of the n-grams (without blanks) that occurred before; a repeat is skipped as a whole. */
  duplicateCharacters(n: number): number {
    const last = this.#words.length - n;
    if (last < 0) return 0;
    this.#counter.reset(last + 1);
    let characters = 0;
    for (let at = 0; at <= last; ) {
      if (this.#counter.add(this.#highOf(at, at + n), this.#lowOf(at, at + n)) > 1) {
        characters += this.#point[at + n]! - this.#point[at]!;
        at += n;
      } else at++;
    }
    return characters;
  }
}

function isHighSurrogate(text: string, unit: number): boolean {
  return unit >= 0 && (text.charCodeAt(unit) & 0xfc00) === 0xd800;
}
