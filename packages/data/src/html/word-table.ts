/**
 * Words that every page is full of (names of elements and of attributes), found where they stand in the page:
 * no string is made of one that is known.
 */

/** FNV-1a, started with this and continued with `nextHash`. */
export const firstHash = 0x811c9dc5;

/** Of a word that goes on with the character, a capital of ASCII as its small letter. */
export function nextHash(hash: number, code: number): number {
  return Math.imul(hash ^ (code >= 65 && code <= 90 ? code | 32 : code), 0x01000193);
}

export class WordTable {
  /** Strings that the engine holds once, so that comparing one with a literal is comparing two addresses. */
  readonly words: readonly string[];
  /** Places in `words`, and -1. */
  readonly #slots: Int16Array;

  /** `words`: in lower case, none twice. */
  constructor(words: readonly string[]) {
    // Names of properties are held once.
    const names = Object.fromEntries(words.map((word) => [word, true]));
    this.words = Object.keys(names);
    this.#slots = new Int16Array(2 ** Math.ceil(Math.log2(4 * words.length))).fill(-1);
    for (const [at, word] of this.words.entries()) {
      let hash = firstHash;
      for (let unit = 0; unit < word.length; unit++) hash = nextHash(hash, word.charCodeAt(unit));
      this.#slots[this.#slot(word, 0, word.length, hash)] = at;
    }
  }

  /** The place of the word that stands in the text, in capitals or not; -1 where it is not known. */
  find(text: string, start: number, end: number, hash: number): number {
    return this.#slots[this.#slot(text, start, end, hash)]!;
  }

  #slot(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const place = slots[slot]!;
      if (place < 0 || isSame(this.words[place]!, text, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

function isSame(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at++) {
    const code = text.charCodeAt(start + at);
    if (word.charCodeAt(at) !== (code >= 65 && code <= 90 ? code | 32 : code)) return false;
  }
  return true;
}
