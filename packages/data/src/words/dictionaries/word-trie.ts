/** A dictionary that is asked which of its words begin at a place of a text. */
import { strip } from '../python-text.js';

interface Node {
  readonly next: Map<number, Node>;
  isWord: boolean;
}

const newNode = (): Node => ({ next: new Map(), isWord: false });

export class WordTrie {
  readonly #root = newNode();

  constructor(words: Iterable<string>) {
    for (const word of words) {
      let node = this.#root;
      const stripped = strip(word);
      for (let at = 0; at < stripped.length; at++) {
        const unit = stripped.charCodeAt(at);
        let next = node.next.get(unit);
        if (next === undefined) {
          next = newNode();
          node.next.set(unit, next);
        }
        node = next;
      }
      node.isWord = node !== this.#root;
    }
  }

  /** Where the words end that begin at a place, the shortest first. */
  ends(text: string, start: number): number[] {
    const ends: number[] = [];
    let node = this.#root.next.get(text.charCodeAt(start));
    for (let at = start + 1; node !== undefined; at++) {
      if (node.isWord) ends.push(at);
      node = at < text.length ? node.next.get(text.charCodeAt(at)) : undefined;
    }
    return ends;
  }
}
