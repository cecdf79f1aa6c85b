/**
 * A control token as one character of a plane for private use, which no text comes from: what a model writes
 * letter by letter can then never be taken for a control token.
 */
import type { Tokenizer } from '@llm/core';

const first = 0xf0000;
const pattern = /[\u{f0000}-\u{ffffd}]/gu;

export class ControlCharacters {
  readonly #byId = new Map<number, string>();
  /** Longest first. */
  readonly #texts: readonly (readonly [text: string, character: string])[];

  constructor({ specialTokens }: Pick<Tokenizer, 'specialTokens'>) {
    const texts: [string, string][] = [];
    for (const [text, id] of specialTokens) {
      const character = String.fromCodePoint(first + this.#byId.size);
      this.#byId.set(id, character);
      if (text !== '') texts.push([text, character]);
    }
    this.#texts = texts.sort(([a], [b]) => b.length - a.length);
  }

  of(id: number): string | undefined {
    return this.#byId.get(id);
  }

  /** A template's own words, in which the texts of control tokens are those tokens. */
  written(text: string): string {
    let written = text;
    for (const [content, character] of this.#texts)
      if (written.includes(content)) written = written.replaceAll(content, character);
    return written;
  }

  remove(written: string): string {
    return written.replaceAll(pattern, '');
  }
}
