/**
 * Labelled texts as numbers: the words of each, in order of their frequency, and the buckets of its word
 * n-grams, tokens and hashes being fastText's. It holds 4 bytes for each of them and the vocabulary.
 */
import { LlmError } from '@llm/core';
import { eachWordGram } from '../language/fasttext-grams.js';
import { tokensOf, wordHash } from '../language/fasttext-tokens.js';

export interface CorpusShape {
  readonly wordNgrams: number;
  readonly buckets: number;
  readonly minimumCount: number;
}

const labelPrefix = '__label__';
const endOfSentence = '</s>';

/** What can be trained on: rows of the input for each text, and its label. */
export interface EncodedCorpus {
  readonly words: readonly (readonly [word: string, count: number])[];
  readonly labels: readonly (readonly [label: string, count: number])[];
  /** Of all texts, line ends and labels included. */
  readonly tokens: number;
  readonly texts: number;
  label(text: number): number;
  /** Rows of the input; a view that is good until the corpus is gone. */
  rows(text: number): Int32Array;
  /** Tokens of the text with its label: what the learning rate goes by. */
  tokensOf(text: number): number;
}

export class LabelledCorpus {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #labelCounts: number[] = [];
  readonly #texts: Int32Array[] = [];
  readonly #textLabels: number[] = [];
  readonly #textTokens: number[] = [];
  #tokens = 0;

  constructor(readonly shape: CorpusShape) {}

  /** Throws `data/label-invalid`. */
  add(text: string, label: string): void {
    if (label === '' || /\s/.test(label))
      throw new LlmError({
        code: 'data/label-invalid',
        message: `The label ${JSON.stringify(label)} cannot be written to a model of fastText: it must be one word.`,
        details: { label },
      });
    // Buckets stand behind the words, whose number is not known yet.
    const { rows, words } = rowsOf(
      text,
      this.shape,
      (word) => this.#wordId(word),
      (gram) => -1 - gram,
    );
    this.#texts.push(Int32Array.from(rows));
    this.#textLabels.push(this.#labelId(label));
    this.#textTokens.push(words + 1);
    this.#tokens += words + 1;
  }

  #wordId(word: string): number {
    let id = this.#ids.get(word);
    if (id === undefined) {
      id = this.#names.length;
      this.#ids.set(word, id);
      this.#names.push(word);
      this.#counts.push(0);
    }
    this.#counts[id]!++;
    return id;
  }

  #labelId(label: string): number {
    let id = this.#labels.get(label);
    if (id === undefined) {
      id = this.#labels.size;
      this.#labels.set(label, id);
      this.#labelCounts.push(0);
    }
    this.#labelCounts[id]!++;
    return id;
  }

  /** Ends the corpus. Words that are too rare have no row; their n-grams do. */
  encode(): EncodedCorpus {
    const byCount = (counts: readonly number[]): number[] =>
      counts.map((_, id) => id).sort((a, b) => counts[b]! - counts[a]! || a - b);
    const kept = byCount(this.#counts).filter((id) => this.#counts[id]! >= this.shape.minimumCount);
    const rowOf = new Int32Array(this.#names.length).fill(-1);
    for (const [row, id] of kept.entries()) rowOf[id] = row;
    const order = byCount(this.#labelCounts);
    const labelOf = new Int32Array(order.length);
    for (const [row, id] of order.entries()) labelOf[id] = row;
    const texts = this.#texts;
    for (const [text, rows] of texts.entries()) {
      let left = 0;
      for (const row of rows) {
        const now = row < 0 ? kept.length + (-1 - row) : rowOf[row]!;
        if (now >= 0) rows[left++] = now;
      }
      texts[text] = rows.subarray(0, left);
    }
    const labelNames = [...this.#labels.keys()];
    return {
      words: kept.map((id) => [this.#names[id]!, this.#counts[id]!]),
      labels: order.map((id) => [`${labelPrefix}${labelNames[id]}`, this.#labelCounts[id]!]),
      tokens: this.#tokens,
      texts: texts.length,
      label: (text) => labelOf[this.#textLabels[text]!]!,
      rows: (text) => texts[text]!,
      tokensOf: (text) => this.#textTokens[text]!,
    };
  }
}

/** The rows of a text that may not be one of the corpus. */
export function rowFinder(corpus: EncodedCorpus, shape: CorpusShape): (text: string) => readonly number[] {
  const ids = new Map(corpus.words.map(([word], row) => [word, row]));
  return (text) =>
    rowsOf(
      text,
      shape,
      (word) => ids.get(word) ?? -1,
      (gram) => corpus.words.length + gram,
    ).rows.filter((row) => row >= 0);
}

function rowsOf(
  text: string,
  { wordNgrams, buckets }: CorpusShape,
  rowOfWord: (word: string) => number,
  rowOfGram: (gram: number) => number,
): { readonly rows: number[]; readonly words: number } {
  const rows: number[] = [];
  const hashes: number[] = [];
  for (const word of tokensOf(text.replaceAll('\n', ' '), endOfSentence)) {
    // Somebody's text may hold what would be a label.
    if (word.startsWith(labelPrefix)) continue;
    rows.push(rowOfWord(word));
    hashes.push(wordHash(word));
  }
  if (wordNgrams > 1) eachWordGram(hashes, wordNgrams, buckets, (gram) => rows.push(rowOfGram(gram)));
  return { rows, words: hashes.length };
}
