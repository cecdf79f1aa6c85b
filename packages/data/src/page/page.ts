import type { CutWords } from '../words/cut-words.js';
import { codePointLength, splitLines, strip } from '../words/python-text.js';
import { countSentences } from '../words/sentences.js';
import { wordsIn } from '../words/words-by-language.js';
import type { Findings, Metadata } from './verdict.js';

export interface PageSource {
  /** Empty when there is none. */
  readonly url?: string | undefined;
  /** Media type of the content. Default `text/plain`. */
  readonly contentType?: string | undefined;
  readonly content: string;
  readonly metadata?: Metadata | undefined;
}

/**
 * A page on its way through the steps. What several steps ask of its text is worked out when it is first
 * asked for, and again only after a step has rewritten the text.
 */
export class Page {
  readonly url: string;
  readonly contentType: string;
  /** What the reader gave: HTML, or text. */
  readonly content: string;
  title = '';
  language: string | undefined;
  languageScore: number | undefined;
  metadata: Metadata;
  #text: string;
  /** What was worked out from the text. */
  #derived: {
    length?: number;
    lines?: readonly string[];
    words?: Map<string | CutWords, readonly string[]>;
    sentences?: number;
  } = {};

  constructor({ url = '', contentType = 'text/plain', content, metadata = {} }: PageSource) {
    this.url = url;
    this.contentType = contentType;
    this.content = content;
    this.metadata = metadata;
    this.#text = content;
  }

  /** The content until a step makes another text of it. */
  get text(): string {
    return this.#text;
  }

  /** Code points of the text. */
  get length(): number {
    this.#derived.length ??= codePointLength(this.#text);
    return this.#derived.length;
  }

  /** Lines of the text, cut as Python's `splitlines` cuts. */
  get lines(): readonly string[] {
    this.#derived.lines ??= splitLines(this.#text);
    return this.#derived.lines;
  }

  /** Words of the text by the rules of English, punctuation marks being words of their own. */
  get words(): readonly string[] {
    return this.wordsIn('en');
  }

  /**
   * By the rules of a language, ISO 639-1 or ISO 639-3 with the script (`deu_Latn`), or by a function, whose
   * white space is left out.
   */
  wordsIn(language: string | CutWords): readonly string[] {
    this.#derived.words ??= new Map();
    let words = this.#derived.words.get(language);
    if (words === undefined) {
      words =
        typeof language === 'string'
          ? wordsIn(this.#text, language)
          : language(this.#text)
              .map(strip)
              .filter((word) => word !== '');
      this.#derived.words.set(language, words);
    }
    return words;
  }

  /** How many sentences the text has. */
  get sentences(): number {
    this.#derived.sentences ??= countSentences(this.#text);
    return this.#derived.sentences;
  }

  /** Writes down what a step found. */
  add({ text, title, language, languageScore, metadata }: Findings): void {
    if (text !== undefined && text !== this.#text) {
      this.#text = text;
      this.#derived = {};
    }
    this.title = title ?? this.title;
    this.language = language ?? this.language;
    this.languageScore = languageScore ?? this.languageScore;
    if (metadata !== undefined) this.metadata = { ...this.metadata, ...metadata };
  }
}
