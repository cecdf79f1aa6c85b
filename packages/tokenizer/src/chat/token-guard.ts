/**
 * Keeps what people or models wrote from becoming a control token when a template has put it among its own
 * text: before rendering, marks go into everything that is an added token or could be part of one; after
 * rendering, tokens are looked for with the marks in place, and the marks are taken out of the ordinary text
 * between.
 */
import { type JsonValue, LlmError } from '@llm/core';
import { type AddedToken, type AddedTokenMatcher, matchAddedTokens } from '../vocabulary/added-token.js';
import { numberOf, PythonNumber, type PythonObject, type PythonValue } from './python-json.js';

export interface FoundToken {
  readonly id: number;
  /** In UTF-16 units of the rendered text, marks included. */
  readonly start: number;
  readonly end: number;
}

/** Characters of an added token at most. */
const longestToken = 2000;

export class TokenGuard {
  readonly #contents: readonly string[];
  readonly #matcher: AddedTokenMatcher | undefined;
  /** Proper beginnings and ends of tokens. */
  readonly #beginnings = new Set<string>();
  readonly #ends = new Set<string>();
  readonly #longest: number;

  constructor(tokens: readonly AddedToken[]) {
    this.#contents = tokens.map(({ content }) => content);
    this.#matcher = matchAddedTokens(tokens);
    this.#longest = this.#contents.reduce((longest, { length }) => Math.max(longest, length), 0);
    if (this.#longest > longestToken) {
      throw new LlmError({
        code: 'tokenizer/template-unsafe',
        message: `An added token has ${this.#longest} characters, and conversations are kept apart from tokens of ${longestToken} at most.`,
      });
    }
    for (const content of this.#contents)
      for (let cut = 1; cut < content.length; cut++) {
        this.#beginnings.add(content.slice(0, cut));
        this.#ends.add(content.slice(cut));
      }
  }

  /** A private-use character that is in none of the inputs, nor its JSON escape. */
  chooseMark(inputs: readonly string[]): string {
    for (let code = 0xe000; code <= 0xf8ff; code++) {
      const mark = String.fromCharCode(code);
      if (
        ![...inputs, ...this.#contents].some((text) => text.includes(mark) || text.includes(escapeOf(mark)))
      )
        return mark;
    }
    throw new LlmError({
      code: 'tokenizer/conversation-invalid',
      message: 'The conversation uses every private-use character, and one is needed to render it safely.',
    });
  }

  /** The text with marks, such that no token is found in it or across its ends, whatever stands beside it. */
  protect(text: string, mark: string): string {
    let marked = text;
    for (const content of this.#contents)
      if (marked.includes(content)) marked = marked.replaceAll(content, content[0] + mark + content.slice(1));
    const most = Math.min(this.#longest, text.length);
    const isInside = text.length > 0 && text.length < this.#longest;
    let before = isInside && this.#contents.some((content) => content.includes(text));
    let after = before;
    for (let length = 1; length <= most; length++) {
      before ||= this.#ends.has(text.slice(0, length));
      after ||= this.#beginnings.has(text.slice(-length));
    }
    return (before ? mark : '') + marked + (after ? mark : '');
  }

  /** All strings and keys inside; objects become `Map`s, which keep the order of their keys. */
  protectJson(value: JsonValue | PythonValue, mark: string): PythonValue {
    if (typeof value === 'string') return this.protect(value, mark);
    if (typeof value === 'number') return numberOf(value);
    if (Array.isArray(value)) return (value as PythonValue[]).map((item) => this.protectJson(item, mark));
    if (typeof value !== 'object' || value === null || value instanceof PythonNumber)
      return value as PythonValue;
    const entries =
      value instanceof Map
        ? [...(value as PythonObject)]
        : Object.entries(value as Record<string, JsonValue>);
    return new Map(entries.map(([key, item]) => [this.protect(key, mark), this.protectJson(item, mark)]));
  }

  unmark(text: string, mark: string): string {
    return text.replaceAll(mark, '').replaceAll(escapeOf(mark), '');
  }

  /** The added tokens in a rendered text, in order. */
  find(rendered: string): FoundToken[] {
    const found: FoundToken[] = [];
    this.#matcher?.split(
      rendered,
      () => undefined,
      ({ id }, start, end) => found.push({ id, start, end }),
    );
    return found;
  }
}

function escapeOf(mark: string): string {
  return `\\u${mark.charCodeAt(0).toString(16)}`;
}
