/**
 * Words as spaCy's rule-based tokenizers cut them, because datatrove 0.10 counts words with them. Algorithm:
 * split at white space; from each piece strip prefixes and suffixes (punctuation, quotes, currency, units)
 * until nothing changes or an exception is met; keep URLs whole; split the rest at infixes (hyphens between
 * letters, commas, ellipses); put exceptions together that were taken apart, the longest first.
 *
 * Left out, but in languages that have exceptions with a blank: tokens around a blank that would be an
 * exception without it (`) :`) hold their marks back from one that stands behind.
 */
import { AffixCutter } from './affix-cutter.js';
import { infixes, marks, prefixes, quotes, suffixes, without } from './affixes.js';
import { baseExceptions } from './base-exceptions.js';
import { type Exceptions, ExceptionTable } from './exceptions.js';
import type { LanguageRules } from './language-rules.js';
import { ownString } from './own-string.js';
import { nextPieceHash, PieceTable, pieceHash, pieceHashStart } from './piece-table.js';
import { isPythonSpace } from './python-text.js';
import { findSequences, replaceSequences, type Sequences } from './token-sequences.js';
import { isUrl } from './urls.js';

/** Longer pieces are no words: they are not searched for URLs and infixes, which would take long. */
const longestPiece = 2000;
/** What a language keeps whole by a pattern, numbers and compounds, is not longer. */
const longestWhole = 100;

const plainWord = /^[A-Za-z]+$|^\p{L}+$/u;
const noPunctuation = /^[\p{L}\p{N}]+$/u;
const cacheLimit = 200_000;

export class WordSplitter {
  readonly #exceptions: Exceptions;
  readonly #affixes: AffixCutter;
  readonly #whole: RegExp | undefined;
  /** Exceptions that the affix rules take apart, found again as sequences of tokens. */
  #sequences: Sequences | undefined;
  /** Some exceptions hold a blank: sequences are then looked for in the whole text. */
  readonly #acrossPieces: boolean;
  /** Pieces repeat from page to page: without this table real pages take twice as long to cut. */
  readonly #cache = new PieceTable(cacheLimit);
  /** By the number of a piece. */
  #tokens: (readonly string[])[] = [];
  /** Looking a longer one up would read it whole, once for each of its marks. */
  readonly #longestException: number;
  /** No affix is made of letters alone: most words need no search. */
  readonly #plainLetters: boolean;

  constructor(rules: LanguageRules = {}) {
    const table = new ExceptionTable();
    for (const [word, tokens] of baseExceptions) if (rules.shared?.(word) ?? true) table.add(...tokens);
    rules.exceptions?.(table);
    if (rules.exceptions !== undefined) table.curl();
    this.#exceptions = table.table;
    this.#affixes = new AffixCutter(
      {
        prefixes: rules.prefixes ?? prefixes(),
        suffixes: rules.suffixes ?? suffixes(),
        infixes: rules.infixes ?? infixes(),
        shared: rules.prefixes === undefined && rules.suffixes === undefined,
      },
      without(`${marks}${quotes}`, '…'),
    );
    this.#whole = rules.whole;
    this.#plainLetters = rules.prefixes === undefined;
    this.#longestException = 0;
    for (const word of this.#exceptions.keys())
      if (word.length > this.#longestException) this.#longestException = word.length;
    this.#acrossPieces = [...this.#exceptions.keys()].some((word) => word.includes(' '));
  }

  /** The words of a text, punctuation marks being words of their own; white space is none. */
  words(text: string): readonly string[] {
    if (this.#acrossPieces) return this.#wordsAcross(text);
    const words: string[] = [];
    let start = -1;
    let hash = pieceHashStart;
    for (let at = 0; at <= text.length; at++) {
      const unit = at === text.length ? 32 : text.charCodeAt(at);
      if (unit > 32 ? unit < 0x85 || !isPythonSpace(unit) : !isPythonSpace(unit)) {
        if (start < 0) {
          start = at;
          hash = pieceHashStart;
        }
        hash = nextPieceHash(hash, unit);
      } else if (start >= 0) {
        const tokens = this.#tokensAt(text, start, at, hash);
        if (tokens.length === 1) words.push(tokens[0]!);
        else for (const token of tokens) words.push(token);
        start = -1;
      }
    }
    return words;
  }

  #wordsAcross(text: string): readonly string[] {
    const tokens: string[] = [];
    /** What stands before each token: nothing, one blank, or white space that is a token of its own. */
    const gaps: string[] = [];
    let start = -1;
    let end = 0;
    for (let at = 0; at <= text.length; at++) {
      const space = at === text.length || isPythonSpace(text.charCodeAt(at));
      if (!space) {
        if (start < 0) start = at;
        continue;
      }
      if (start < 0) continue;
      let gap = text.slice(end, start) === ' ' ? ' ' : '\n';
      for (const token of this.#tokensOf(text.slice(start, at))) {
        tokens.push(token);
        gaps.push(gap);
        gap = '';
      }
      [start, end] = [-1, at];
    }
    return this.#replaced(tokens, gaps);
  }

  /** Tokens of one piece of text without white space. */
  pieceTokens(piece: string): readonly string[] {
    const tokens = this.#tokensOf(piece);
    return this.#acrossPieces ? this.#replaced(tokens) : tokens;
  }

  #tokensOf(piece: string): readonly string[] {
    return this.#tokensAt(piece, 0, piece.length, pieceHash(piece));
  }

  /** Sequences are replaced in them but where they are looked for in the whole text. */
  #tokensAt(text: string, start: number, end: number, hash: number): readonly string[] {
    const known = this.#cache.find(text, start, end, hash);
    if (known >= 0) return this.#tokens[known]!;
    const piece = ownString(text.slice(start, end));
    const exception = this.#exceptions.get(piece);
    let tokens: readonly string[];
    if (exception !== undefined) tokens = exception;
    else if (this.#plainLetters && plainWord.test(piece)) tokens = [piece];
    else {
      tokens = this.#splitAffixes(piece, true);
      if (!this.#acrossPieces) tokens = this.#replaced(tokens);
    }
    if (piece.length > longestPiece) return tokens;
    const number = this.#cache.add(piece, hash);
    if (number === 0) this.#tokens = [];
    this.#tokens[number] = tokens;
    return tokens;
  }

  #replaced(tokens: readonly string[], gaps?: readonly string[]): readonly string[] {
    return replaceSequences(tokens, this.#sequencesOf(), this.#exceptions, gaps);
  }

  #isWhole(text: string): boolean {
    return this.#whole !== undefined && text.length <= longestWhole && this.#whole.test(text);
  }

  #splitAffixes(piece: string, withExceptions: boolean): string[] {
    const before: string[] = [];
    const after: string[] = [];
    const isException = (text: string): boolean =>
      withExceptions && text !== '' && text.length <= this.#longestException && this.#exceptions.has(text);
    let rest = piece;
    let previous = -1;
    while (rest !== '' && rest.length !== previous && !this.#isWhole(rest) && !isException(rest)) {
      previous = rest.length;
      const head = this.#affixes.prefixOf(rest);
      const body = rest.slice(head.length);
      const tail = body === '' || (head !== '' && isException(body)) ? '' : this.#affixes.suffixOf(body);
      const tailOnly = tail !== '' && isException(rest.slice(0, -tail.length));
      if (head !== '' && !tailOnly) before.push(head);
      if (tail !== '') after.push(tail);
      rest = rest.slice(tailOnly ? 0 : head.length, rest.length - tail.length);
    }
    const tokens = before;
    if (rest !== '') {
      const exception = withExceptions ? this.#exceptions.get(rest) : undefined;
      if (exception !== undefined) tokens.push(...exception);
      else if (
        (this.#plainLetters && noPunctuation.test(rest)) ||
        rest.length > longestPiece ||
        this.#isWhole(rest) ||
        isUrl(rest)
      )
        tokens.push(rest);
      else splitInfixes(rest, this.#affixes.infix, tokens);
    }
    for (let at = after.length - 1; at >= 0; at--) tokens.push(after[at]!);
    return tokens;
  }

  #sequencesOf(): Sequences {
    this.#sequences ??= findSequences(this.#exceptions, (word) => this.#takenApart(word));
    return this.#sequences;
  }

  /** The tokens of an exception by the affix rules alone, where they change it. */
  #takenApart(word: string): readonly string[] | undefined {
    const pieces = word.split(' ').filter((piece) => piece !== '');
    if (
      pieces.length < 2 &&
      this.#affixes.prefixOf(word) === '' &&
      this.#affixes.suffixOf(word) === '' &&
      word.search(this.#affixes.infix) < 0
    )
      return undefined;
    return pieces.flatMap((piece) => this.#splitAffixes(piece, false));
  }
}

function splitInfixes(text: string, infix: RegExp, tokens: string[]): void {
  let start = 0;
  for (const match of text.matchAll(infix)) {
    if (match.index === 0) continue;
    if (match.index > start) tokens.push(text.slice(start, match.index));
    if (match[0] !== '') tokens.push(match[0]);
    start = match.index + match[0].length;
  }
  if (start < text.length) tokens.push(text.slice(start));
}
