/**
 * Words as spaCy's rule-based tokenizers cut them, because datatrove 0.10 counts words with them. Algorithm:
 * split at white space; from each piece strip prefixes and suffixes (punctuation, quotes, currency, units)
 * until nothing changes or an exception is met; keep URLs whole; split the rest at infixes (hyphens between
 * letters, commas, ellipses).
 *
 * Left out: exceptions that span a blank, and symbols that Unicode gained after version 11 are split off
 * here.
 */
import { type Hyphens, infixes, isUrl, prefixOf, suffixOf } from './affixes.js';
import { isPythonSpace } from './python-text.js';

/** Word → its tokens. */
export type Exceptions = ReadonlyMap<string, readonly string[]>;

/** Longer pieces are no words: they are not searched for URLs and infixes, which would take long. */
const longestPiece = 2000;

const plainWord = /^[A-Za-z]+$|^\p{L}+$/u;
const noPunctuation = /^[\p{L}\p{N}]+$/u;
const ordinal = /^[0-9]+\.$/;
const elided = /(?<=\p{L}['’])(?=\p{L})/u;
const cacheLimit = 200_000;

interface Sequence {
  readonly tokens: readonly string[];
  readonly result: readonly string[];
}

/** What differs from language to language. */
export interface WordRules {
  readonly exceptions: Exceptions;
  readonly hyphens: Hyphens;
  /** `l'eau` is two words. */
  readonly elision?: boolean | undefined;
  /** `17.` is one word: the seventeenth. */
  readonly ordinals?: boolean | undefined;
}

export class WordSplitter {
  /** Exceptions that the affix rules take apart, found again as sequences of tokens. By first token. */
  #sequences: Map<string, Sequence[]> | undefined;
  /** Pieces repeat from page to page: without this table real pages take twice as long to cut. */
  readonly #cache = new Map<string, readonly string[]>();

  readonly #infix: RegExp;
  /** Looking a longer one up would read it whole, once for each of its marks. */
  readonly #longestException: number;

  constructor(private readonly rules: WordRules) {
    this.#infix = infixes(rules.hyphens);
    this.#longestException = Math.max(...[...rules.exceptions.keys()].map(({ length }) => length));
  }

  /** The words of a text, punctuation marks being words of their own; white space is none. */
  words(text: string): readonly string[] {
    const words: string[] = [];
    let start = -1;
    for (let at = 0; at <= text.length; at++) {
      const space = at === text.length || isPythonSpace(text.charCodeAt(at));
      if (space) {
        if (start >= 0) for (const token of this.pieceTokens(text.slice(start, at))) words.push(token);
        start = -1;
      } else if (start < 0) start = at;
    }
    return words;
  }

  /** Tokens of one piece of text without white space. */
  pieceTokens(piece: string): readonly string[] {
    const known = this.#cache.get(piece);
    if (known !== undefined) return known;
    const exception = this.rules.exceptions.get(piece);
    let tokens: readonly string[];
    if (exception !== undefined) tokens = exception;
    else if (plainWord.test(piece)) tokens = [piece];
    else tokens = this.#applySequences(this.#splitAffixes(piece, true));
    if (this.rules.elision && exception === undefined)
      tokens = tokens.flatMap((token) => token.split(elided));
    if (piece.length > longestPiece) return tokens;
    if (this.#cache.size >= cacheLimit) this.#cache.clear();
    this.#cache.set(piece, tokens);
    return tokens;
  }

  #suffixOf(text: string): string {
    return this.rules.ordinals === true && ordinal.test(text) ? '' : suffixOf(text);
  }

  #splitAffixes(piece: string, withExceptions: boolean): string[] {
    const before: string[] = [];
    const after: string[] = [];
    const isException = (text: string): boolean =>
      withExceptions &&
      text !== '' &&
      text.length <= this.#longestException &&
      this.rules.exceptions.has(text);
    let rest = piece;
    let previous = -1;
    while (rest !== '' && rest.length !== previous && !isException(rest)) {
      previous = rest.length;
      const head = prefixOf(rest);
      const body = rest.slice(head.length);
      const tail = head !== '' && isException(body) ? '' : this.#suffixOf(body);
      const tailOnly = tail !== '' && isException(rest.slice(0, -tail.length));
      if (head !== '' && !tailOnly) before.push(head);
      if (tail !== '') after.push(tail);
      rest = rest.slice(tailOnly ? 0 : head.length, rest.length - tail.length);
    }
    const tokens = before;
    if (rest !== '') {
      const exception = withExceptions ? this.rules.exceptions.get(rest) : undefined;
      if (exception !== undefined) tokens.push(...exception);
      else if (noPunctuation.test(rest) || rest.length > longestPiece || isUrl(rest)) tokens.push(rest);
      else splitInfixes(rest, this.#infix, tokens);
    }
    for (let at = after.length - 1; at >= 0; at--) tokens.push(after[at]!);
    return tokens;
  }

  #applySequences(tokens: string[]): readonly string[] {
    this.#sequences ??= this.#buildSequences();
    let result: string[] | undefined;
    for (let at = 0; at < tokens.length; at++) {
      let best: Sequence | undefined;
      for (const sequence of this.#sequences.get(tokens[at]!) ?? []) {
        if (best !== undefined && sequence.tokens.length <= best.tokens.length) continue;
        if (sequence.tokens.every((token, offset) => tokens[at + offset] === token)) best = sequence;
      }
      if (best === undefined) {
        result?.push(tokens[at]!);
        continue;
      }
      result ??= tokens.slice(0, at);
      result.push(...best.result);
      at += best.tokens.length - 1;
    }
    return result ?? tokens;
  }

  #buildSequences(): Map<string, Sequence[]> {
    const table = new Map<string, Sequence[]>();
    for (const [word, result] of this.rules.exceptions) {
      if (prefixOf(word) === '' && suffixOf(word) === '' && word.search(this.#infix) < 0) continue;
      const tokens = this.#splitAffixes(word, false);
      const first = tokens[0]!;
      table.set(first, [...(table.get(first) ?? []), { tokens, result }]);
    }
    return table;
  }
}

function splitInfixes(text: string, infix: RegExp, tokens: string[]): void {
  let start = 0;
  for (const match of text.matchAll(infix)) {
    if (match.index === 0) continue;
    if (match.index > start) tokens.push(text.slice(start, match.index));
    tokens.push(match[0]);
    start = match.index + match[0].length;
  }
  if (start < text.length) tokens.push(text.slice(start));
}
