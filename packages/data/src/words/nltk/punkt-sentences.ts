/**
 * Sentences as NLTK 3.8's Punkt tokenizer cuts them (Kiss and Strunk 2006, section 4), with parameters that
 * were learned before: a full stop ends a sentence but behind abbreviations, initials and ordinal numbers,
 * where the word that follows decides. Left out: learning the parameters.
 */
import { isPythonSpace } from '../python-text.js';
import { context, type PunktParameters } from './punkt-parameters.js';
import { noWord, numberType, punktTokens, typeOf } from './punkt-tokens.js';

interface Token {
  readonly text: string;
  readonly type: string;
  /** By its own form. */
  readonly endsSentence: boolean;
  readonly isAbbreviation: boolean;
}

/** A mark that may end a sentence, and what the sentence after it would begin with. */
interface Candidate {
  /** Behind the mark. */
  readonly end: number;
  /** Where the next sentence would begin. */
  readonly next: number;
  /** End of the mark or word that follows. */
  readonly contextEnd: number;
}

const onlyStops = /^\.\.+$/;
const initial = /^[\p{L}\p{Nl}\p{No}_]\.$/u;
const upperFirst = /^\p{Uppercase}/u;
const lowerFirst = /^\p{Lowercase}/u;

export class PunktSentences {
  readonly #parameters: PunktParameters;

  constructor(parameters: PunktParameters) {
    this.#parameters = parameters;
  }

  /** Without the white space between them. */
  sentences(text: string): string[] {
    return joinClosingMarks(text, this.#slices(text));
  }

  #slices(text: string): { start: number; end: number }[] {
    const slices: { start: number; end: number }[] = [];
    let start = 0;
    const close = (candidate: Candidate, wordStart: number): void => {
      if (!this.#endsSentence(text.slice(wordStart, candidate.contextEnd))) return;
      slices.push({ start, end: candidate.end });
      start = candidate.next;
    };
    // Candidates within one word are one: the last decides.
    let [wordStart, mark] = [0, 0];
    let last: Candidate | undefined;
    for (let at = 0; at < text.length; at++) {
      const candidate = candidateAt(text, at);
      if (candidate === undefined) continue;
      const space = lastSpace(text, mark, at);
      // White space that begins the text counts as none, as in NLTK.
      const ownStart = space > mark ? space + 1 : wordStart;
      if (last !== undefined && mark <= ownStart) close(last, wordStart);
      [wordStart, mark, last] = [ownStart, at, candidate];
    }
    if (last !== undefined) close(last, wordStart);
    let end = text.length;
    while (end > 0 && isPythonSpace(text.charCodeAt(end - 1))) end--;
    slices.push({ start, end });
    return slices;
  }

  /** Whether a word and what follows it are two sentences. */
  #endsSentence(words: string): boolean {
    const tokens = punktTokens(words).map((token) => this.#token(token));
    for (const [at, token] of tokens.entries()) {
      const next = tokens[at + 1];
      if (next === undefined) return false;
      if (this.#endsBefore(token, next)) return true;
    }
    return false;
  }

  #token(text: string): Token {
    const type = typeOf(text);
    if (text === '.' || text === '?' || text === '!')
      return { text, type, endsSentence: true, isAbbreviation: false };
    if (!text.endsWith('.') || text.endsWith('..'))
      return { text, type, endsSentence: false, isAbbreviation: false };
    const word = text.slice(0, -1).toLowerCase();
    const { abbreviations } = this.#parameters;
    const isAbbreviation =
      abbreviations.has(word) || abbreviations.has(word.slice(word.lastIndexOf('-') + 1));
    return { text, type, endsSentence: !isAbbreviation, isAbbreviation };
  }

  /** By what stands behind it, too. */
  #endsBefore(token: Token, next: Token): boolean {
    if (!token.text.endsWith('.')) return token.endsSentence;
    const { collocations, sentenceStarters, contexts } = this.#parameters;
    const type = withoutStop(token.type);
    const nextType = next.endsSentence ? withoutStop(next.type) : next.type;
    if (collocations.has(`${type}\t${nextType}`)) return false;
    const isInitial = initial.test(token.text);
    const flags = contexts.get(nextType) ?? 0;
    const begins = beginsSentence(next.text, flags);
    if ((token.isAbbreviation || onlyStops.test(token.text)) && !isInitial) {
      if (begins === true || (upperFirst.test(next.text) && sentenceStarters.has(nextType))) return true;
    }
    if (!isInitial && type !== numberType) return token.endsSentence;
    // A capitalized word that is never seen in lower case is a name behind initials.
    const isName = isInitial && upperFirst.test(next.text) && (flags & context.lower) === 0;
    return token.endsSentence && begins !== false && !(begins === undefined && isName);
  }
}

/** Whether a word begins a sentence, by how it was seen to be written; undefined: nothing tells. */
function beginsSentence(word: string, flags: number): boolean | undefined {
  if (word.length === 1 && ';:,.!?'.includes(word)) return false;
  const isKnownLower = (flags & context.lower) !== 0;
  if (upperFirst.test(word) && isKnownLower && (flags & context.middleUpper) === 0) return true;
  if (lowerFirst.test(word) && ((flags & context.upper) !== 0 || (flags & context.beginningLower) === 0))
    return false;
  return undefined;
}

function withoutStop(type: string): string {
  return type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type;
}

function candidateAt(text: string, at: number): Candidate | undefined {
  const mark = text[at];
  if (mark !== '.' && mark !== '?' && mark !== '!') return undefined;
  const end = at + 1;
  if (noWord.has(text[end] ?? '')) return { end, next: end, contextEnd: end + 1 };
  let next = end;
  while (next < text.length && isPythonSpace(text.charCodeAt(next))) next++;
  if (next === end || next === text.length) return undefined;
  let contextEnd = next;
  while (contextEnd < text.length && !isPythonSpace(text.charCodeAt(contextEnd))) contextEnd++;
  return { end, next, contextEnd };
}

/** The last ASCII white space of a stretch; -1: none. */
function lastSpace(text: string, from: number, to: number): number {
  for (let at = to - 1; at >= from; at--) {
    const unit = text.charCodeAt(at);
    if (unit === 32 || (unit >= 9 && unit <= 13)) return at;
  }
  return -1;
}

/** Quotes and brackets that begin a sentence and stand apart from it belong to the sentence before. */
function joinClosingMarks(text: string, slices: readonly { start: number; end: number }[]): string[] {
  const sentences: string[] = [];
  let moved = 0;
  for (const [at, { start, end }] of slices.entries()) {
    const from = start + moved;
    moved = 0;
    let to = end;
    const next = slices[at + 1];
    if (next !== undefined) {
      let closed = next.start;
      while (closed < next.end && '"\')]}'.includes(text[closed]!)) closed++;
      let apart = closed;
      while (apart < next.end && isPythonSpace(text.charCodeAt(apart))) apart++;
      const stands =
        apart > closed || closed === next.end || (closed + 1 < next.end && text.startsWith('--', closed));
      if (closed > next.start && stands) {
        moved = apart - next.start;
        to = closed;
      }
    }
    if (from < to) sentences.push(text.slice(from, to));
  }
  return sentences;
}
