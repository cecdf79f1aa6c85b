/** The blocks of a page as columns: each character is looked at once, measured and hashed as it goes by. */

import type { PageTree } from './flatten-document.js';
import type { TextBlocks } from './text-blocks.js';

/** So many words of a block are hashed. */
export const hashedWords = 40;

export const fnvStart = 0x811c9dc5;
export const fnvPrime = 0x01000193;

const [asciiLetter, asciiCapital, asciiDigit, asciiMark] = [1, 2, 3, 4];
const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return asciiLetter;
  if (/[A-Z]/.test(character)) return asciiCapital;
  if (/\d/.test(character)) return asciiDigit;
  return /[,.;]/.test(character) ? asciiMark : 0;
});

/** Of Latin, Greek and Cyrillic capitals beyond ASCII the small letter; other scripts have no case. */
function lowerCase(code: number): number {
  if (code > 0x42f) return code;
  if ((code >= 0xc0 && code <= 0xde) || (code >= 0x391 && code <= 0x3a9) || code >= 0x410) return code + 32;
  if (code >= 0x400 && code <= 0x40f) return code + 80;
  return code >= 0x100 && code <= 0x17f && (code & 1) === 0 ? code + 1 : code;
}

/** The columns that `close` fills, in its order. */
const columnNames = [
  'first',
  'element',
  'length',
  'linked',
  'links',
  'words',
  'strong',
  'digits',
  'capitals',
  'marks',
  'symbols',
  'lastCharacter',
  'firstCharacter',
  'hash',
  'wordStart',
] as const;
type Column = (typeof columnNames)[number];

/** Collects the columns, text by text. */
export class BlockRows {
  readonly #blockOf: Int32Array;
  /** A block has a text at least; one more, because the last start is the end of the words. */
  readonly #columns: readonly Int32Array[];
  #count = 0;
  #pendingLinks = 0;
  #nodes: number[] = [];
  #element = 0;
  #length = 0;
  #linked = 0;
  #links = 0;
  #words = 0;
  #strong = 0;
  #digits = 0;
  #capitals = 0;
  #marks = 0;
  #symbols = 0;
  #first = 0;
  #last = 0;
  #hash = 0;
  #wordHashes = new Int32Array(2048);
  #wordCount = 0;
  /** Of the open block; the starts of the others are a column. */
  #wordStart = 0;
  #word = 0;
  /** Whether the character before was white space, and whether it was part of a word. */
  #afterBlank = true;
  #inWord = false;

  constructor({ size, texts }: Pick<PageTree, 'size' | 'texts'>) {
    this.#blockOf = new Int32Array(size).fill(-1);
    this.#columns = columnNames.map(() => new Int32Array(texts + 1));
  }

  link(): void {
    this.#pendingLinks++;
  }

  blank(): void {
    if (!this.#afterBlank) this.#length++;
    this.#afterBlank = true;
    if (this.#inWord) this.#endWord(this.#word);
  }

  add(node: number, element: number, text: string, linked: boolean, strong: boolean): void {
    const before = this.#length;
    let length = this.#length;
    let first = this.#first;
    let last = this.#last;
    let hash = this.#hash;
    let words = this.#words;
    let word = this.#word;
    let digits = this.#digits;
    let capitals = this.#capitals;
    let marks = this.#marks;
    let symbols = this.#symbols;
    let afterBlank = this.#afterBlank;
    let inWord = this.#inWord;
    for (let at = 0; at < text.length; at++) {
      let code = text.charCodeAt(at);
      if (code >= 97 && code <= 122) {
        // Most characters: a run of small letters of ASCII.
        if (!inWord) {
          words++;
          inWord = true;
          word = fnvStart;
          hash = (Math.imul(hash, 31) + 32) | 0;
        }
        if (first === 0) first = code;
        const start = at;
        do {
          word = Math.imul(word ^ code, fnvPrime);
          hash = (Math.imul(hash, 31) + code) | 0;
          last = code;
          if (++at === text.length) break;
          code = text.charCodeAt(at);
        } while (code >= 97 && code <= 122);
        length += at - start;
        afterBlank = false;
        at--;
        continue;
      }
      if (code <= 32 || code === 160) {
        if (!afterBlank) length++;
        afterBlank = true;
        if (inWord) {
          this.#endWord(word);
          inWord = false;
        }
        // Indentation of the source: a run of blanks.
        while (at + 1 < text.length && text.charCodeAt(at + 1) <= 32) at++;
        continue;
      }
      afterBlank = false;
      length++;
      if (first === 0) first = code;
      last = code;
      let letter = 0;
      if (code < 128) {
        const kind = asciiKinds[code]!;
        if (kind === asciiLetter) letter = code;
        else if (kind === asciiCapital) {
          capitals++;
          letter = code + 32;
        } else if (kind === asciiDigit) {
          digits++;
          letter = code;
        } else {
          symbols++;
          if (kind === asciiMark) marks++;
        }
      } else if (code >= 192 && (code < 0x2000 || code > 0x206f) && (code < 0x3000 || code > 0x303f)) {
        letter = lowerCase(code);
        // An ideograph is about half a word.
        if (code >= 0x3040 && code <= 0x9fff && (at & 1) === 0) words++;
        if (code === 0x60c || code === 0xff0c) marks++;
      } else {
        symbols++;
        if (code === 0x3001 || code === 0x3002) marks++;
      }
      if (letter === 0) {
        if (code !== 39 && code !== 0x2019 && inWord) {
          this.#endWord(word);
          inWord = false;
        }
        continue;
      }
      if (!inWord) {
        words++;
        inWord = true;
        word = fnvStart;
        hash = (Math.imul(hash, 31) + 32) | 0;
      }
      word = Math.imul(word ^ letter, fnvPrime);
      hash = (Math.imul(hash, 31) + letter) | 0;
    }
    this.#length = length;
    this.#first = first;
    this.#last = last;
    this.#hash = hash;
    this.#words = words;
    this.#word = word;
    this.#digits = digits;
    this.#capitals = capitals;
    this.#marks = marks;
    this.#symbols = symbols;
    this.#afterBlank = afterBlank;
    this.#inWord = inWord;
    const added = this.#length - before;
    if (added === 0 && this.#nodes.length === 0) return;
    if (this.#nodes.length === 0) this.#element = element;
    this.#nodes.push(node);
    if (linked) this.#linked += added;
    if (strong) this.#strong += added;
    this.#links += this.#pendingLinks;
    this.#pendingLinks = 0;
  }

  #endWord(word: number): void {
    this.#inWord = false;
    if (this.#wordCount - this.#wordStart === hashedWords) return;
    if (this.#wordCount === this.#wordHashes.length) this.#wordHashes = twiceAsLong(this.#wordHashes);
    this.#wordHashes[this.#wordCount++] = word;
  }

  close(): void {
    if (this.#nodes.length === 0 && this.#first === 0) {
      this.#afterBlank = true;
      return;
    }
    if (this.#inWord) this.#endWord(this.#word);
    if (this.#first === 0) this.#wordCount = this.#wordStart;
    else {
      for (const node of this.#nodes) this.#blockOf[node] = this.#count;
      const block = this.#count++;
      const columns = this.#columns;
      let at = 0;
      columns[at++]![block] = this.#nodes[0]!;
      columns[at++]![block] = this.#element;
      columns[at++]![block] = this.#length;
      columns[at++]![block] = this.#linked;
      columns[at++]![block] = this.#links;
      columns[at++]![block] = this.#words;
      columns[at++]![block] = this.#strong;
      columns[at++]![block] = this.#digits;
      columns[at++]![block] = this.#capitals;
      columns[at++]![block] = this.#marks;
      columns[at++]![block] = this.#symbols;
      columns[at++]![block] = this.#last;
      columns[at++]![block] = this.#first;
      columns[at++]![block] = this.#hash;
      columns[at++]![block] = this.#wordStart;
      this.#wordStart = this.#wordCount;
    }
    this.#nodes = [];
    this.#length = this.#linked = this.#links = this.#words = this.#strong = this.#digits = 0;
    this.#capitals = this.#marks = this.#symbols = this.#first = this.#last = this.#hash = 0;
    this.#afterBlank = true;
  }

  finish(): TextBlocks {
    const count = this.#count;
    const column = (name: Column, length = count): Int32Array =>
      this.#columns[columnNames.indexOf(name)]!.subarray(0, length);
    const wordStart = column('wordStart', count + 1);
    wordStart[count] = this.#wordCount;
    return {
      count,
      blockOf: this.#blockOf,
      first: column('first'),
      element: column('element'),
      length: column('length'),
      linked: column('linked'),
      links: column('links'),
      words: column('words'),
      strong: column('strong'),
      digits: column('digits'),
      capitals: column('capitals'),
      marks: column('marks'),
      symbols: column('symbols'),
      lastCharacter: column('lastCharacter'),
      firstCharacter: column('firstCharacter'),
      hash: column('hash'),
      wordHashes: this.#wordHashes.subarray(0, this.#wordCount),
      wordStart,
    };
  }
}

function twiceAsLong(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * numbers.length);
  longer.set(numbers);
  return longer;
}
