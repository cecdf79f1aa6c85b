/**
 * Which documents hold questions of an evaluation: n-grams of the words of simplified texts, as datatrove's
 * `NGramsDecontIndexer` and `NGramsDecontFilter` take them. Of an evaluation row are taken the n-grams of the
 * answer, those that go from the question over into it, and on demand those of the question. Left out:
 * lighteval's tasks; rows are given. A key of 64 bits stands for an n-gram.
 */
import { checkNumber } from '@llm/core';
import { finalize32, hash32 } from '../deduplication/hashing.js';
import { simplifyText } from '../deduplication/minhash.js';
import { wordsIn } from '../words/words-by-language.js';
import { NgramTable } from './ngram-table.js';

export interface NgramOptions {
  /** Words of an n-gram. Default 12. */
  readonly wordsPerNgram?: number | undefined;
  /** Also n-grams of the question alone. Default false. */
  readonly questions?: boolean | undefined;
  /** N-grams that begin in the question and end in the answer. Default true. */
  readonly overlaps?: boolean | undefined;
  /** Whose rules cut words, ISO 639-1. Default `en`. */
  readonly language?: string | undefined;
}

/** A row of an evaluation. */
export interface EvaluationRow {
  readonly question?: string | undefined;
  readonly answer: string;
  /** What the evaluation is called. */
  readonly task: string;
  /** Which row it is, as whoever gave it counts. */
  readonly row: number;
}

/** What a document shares with an evaluation. */
export interface Contamination {
  /** Words of the simplified text. */
  readonly ngram: string;
  /** Of the first row that has the n-gram. */
  readonly task: string;
  readonly row: number;
}

export class NgramIndex {
  readonly wordsPerNgram: number;
  readonly #table = new NgramTable();
  readonly #tasks: string[] = [];
  /** Task and row of each row. */
  readonly #rowTasks: number[] = [];
  readonly #rowNumbers: number[] = [];
  readonly #questions: boolean;
  readonly #overlaps: boolean;
  readonly #language: string;
  #digest = 0;
  #high = new Int32Array(1024);
  #low = new Int32Array(1024);

  /** Throws `core/option-invalid`. */
  constructor({
    wordsPerNgram = 12,
    questions = false,
    overlaps = true,
    language = 'en',
  }: NgramOptions = {}) {
    checkNumber('wordsPerNgram', wordsPerNgram, { minimum: 1, maximum: 1000, integer: true });
    this.wordsPerNgram = wordsPerNgram;
    this.#questions = questions;
    this.#overlaps = overlaps;
    this.#language = language;
  }

  /** Different n-grams. */
  get size(): number {
    return this.#table.size;
  }

  /** What tells this index from others, as JSON. */
  get identity(): object {
    const { wordsPerNgram, size } = this;
    const [questions, overlaps, language] = [this.#questions, this.#overlaps, this.#language];
    return { wordsPerNgram, questions, overlaps, language, ngrams: size, digest: this.#digest >>> 0 };
  }

  add({ question, answer, task, row }: EvaluationRow): void {
    const n = this.wordsPerNgram;
    if (this.#tasks[this.#tasks.length - 1] !== task) this.#tasks.push(task);
    const number = this.#rowNumbers.push(row) - 1;
    this.#rowTasks.push(this.#tasks.length - 1);
    const answerWords = this.#words(answer);
    this.#addAll(answerWords, number);
    if (question === undefined) return;
    const questionWords = this.#words(question);
    if (this.#questions) this.#addAll(questionWords, number);
    // Every n-gram with a word of each.
    if (this.#overlaps)
      this.#addAll(
        [...questionWords.slice(Math.max(0, questionWords.length - n + 1)), ...answerWords.slice(0, n - 1)],
        number,
      );
  }

  /** The first n-gram of a text that a row of an evaluation has. */
  find(text: string): Contamination | undefined {
    const words = this.#words(text);
    const count = this.#hash(words);
    for (let at = 0; at < count; at++) {
      const row = this.#table.get(this.#high[at]!, this.#low[at]!);
      if (row < 0) continue;
      return {
        ngram: words.slice(at, at + this.wordsPerNgram).join(' '),
        task: this.#tasks[this.#rowTasks[row]!]!,
        row: this.#rowNumbers[row]!,
      };
    }
    return undefined;
  }

  #words(text: string): readonly string[] {
    return wordsIn(simplifyText(text), this.#language);
  }

  #addAll(words: readonly string[], row: number): void {
    const count = this.#hash(words);
    for (let at = 0; at < count; at++) {
      this.#table.add(this.#high[at]!, this.#low[at]!, row);
      this.#digest = finalize32(Math.imul(this.#digest, 31) ^ this.#low[at]!);
    }
    this.#digest = finalize32(this.#digest ^ row);
  }

  /** Keys of n-grams of words, into `high` and `low`: a polynomial of the words' hashes, rolled on. */
  #hash(words: readonly string[]): number {
    const n = this.wordsPerNgram;
    const count = Math.max(0, words.length - n + 1);
    if (count > this.#high.length) {
      this.#high = new Int32Array(count * 2);
      this.#low = new Int32Array(count * 2);
    }
    if (count === 0) return 0;
    for (const [keys, seed, base] of [
      [this.#high, 0x243f6a88, 0x01000193],
      [this.#low, 0x13198a2e, 0x5bd1e995],
    ] as const) {
      let power = 1;
      for (let word = 0; word < n; word++) power = Math.imul(power, base);
      const hashes = Int32Array.from(words, (word) => hash32(word, seed));
      let hash = 0;
      for (let word = 0; word < words.length; word++) {
        hash = (Math.imul(hash, base) + hashes[word]!) | 0;
        if (word >= n) hash = (hash - Math.imul(hashes[word - n]!, power)) | 0;
        if (word >= n - 1) keys[word - n + 1] = finalize32(hash);
      }
    }
    return count;
  }
}
