/**
 * Runs supervised models of fastText (Joulin et al. 2016): lid.176, GlotLID with its 2,000 labels,
 * classifiers of quality. Character and word n-grams; softmax, hierarchical softmax, negative sampling and
 * one-vs-all; plain (`.bin`) and product-quantized (`.ftz`), pruned or not. The arithmetic is that of
 * Facebook's C++ code, in double precision. The vectors of a word's n-grams are summed once and kept: running
 * text repeats its words, which makes this several times faster than the WebAssembly build. Left out:
 * training, word vectors (models that are not supervised), autotuning.
 */
import { LlmError } from '@llm/core';
import { PieceTable, pieceHash } from '../words/piece-table.js';
import { type FastTextFileOptions, readFastTextFile } from './fasttext-file.js';
import { eachWordGram } from './fasttext-grams.js';
import { createLabelScorer, scoreLimit } from './fasttext-labels.js';
import { eachToken, wordHash } from './fasttext-tokens.js';

export interface FastTextPrediction {
  /** Without the `__label__` prefix. */
  readonly label: string;
  /** 0…1. */
  readonly score: number;
}

export interface FastTextModel {
  readonly labels: readonly string[];
  /** The most likely label of one line; the line's end counts as a token, as in fastText's own bindings. */
  predict(line: string): FastTextPrediction;
  /** Of every label, in the order of `labels`; as fastText gives them for `k = -1`. */
  scores(line: string): Float64Array;
}

const endOfSentence = '</s>';
const endHash = pieceHash(endOfSentence);
const labelPrefix = '__label__';
/** Sums of words that are kept: at most so many words and numbers (14 MB). Then all are forgotten. */
const cachedWords = 100_000;
const cachedNumbers = 1_800_000;
/** UTF-16 units: longer words are summed anew. */
const longestCached = 1000;

/** Throws `data/model-unreadable` for bytes that are no such model. */
export function readFastTextModel(bytes: Uint8Array, options: FastTextFileOptions = {}): FastTextModel {
  const file = readFastTextFile(bytes, options);
  const { dimension, wordNgrams, bucket, shortest, longest, vocabulary, words, input, rowOfBucket } = file;
  const scorer = createLabelScorer(file);
  const labels = file.labels.map(({ name }) => name.replace(labelPrefix, ''));
  const width = dimension + 1;
  const mostCached = Math.max(1, Math.min(cachedWords, Math.floor(cachedNumbers / width)));
  const known = new PieceTable(mostCached);
  /** A row a word, by its number, and the last for one that is not kept. */
  const sums = new Float64Array((mostCached + 1) * width);
  let utf8 = new Uint8Array(256);
  const encoder = new TextEncoder();

  const addRow = (row: number, target: Float64Array, at: number): void => {
    input.addRow(row, target, at);
    target[at + dimension] = target[at + dimension]! + 1;
  };
  const addGram = (gram: number, target: Float64Array, at: number): void => {
    const row = rowOfBucket === undefined ? gram : rowOfBucket.get(gram);
    if (row >= 0) addRow(words + row, target, at);
  };
  /** Where the sum of the rows of a word and of its n-grams is, followed by how many rows there are. */
  const addWord = (word: string, hash: number): number => {
    const slot = (word.length > longestCached ? mostCached : known.add(word, hash)) * width;
    sums.fill(0, slot, slot + width);
    const row = vocabulary.get(word);
    if (row !== undefined) addRow(row, sums, slot);
    if (word === endOfSentence || longest <= 0 || bucket <= 0) return slot;
    if (utf8.length < 3 * word.length + 2) utf8 = new Uint8Array(6 * word.length);
    const end = encoder.encodeInto(`<${word}>`, utf8).written;
    for (let start = 0; start < end; start++) {
      if ((utf8[start]! & 0xc0) === 0x80) continue;
      let hash = 0x811c9dc5;
      for (let at = start, length = 1; at < end && length <= longest; length++) {
        do {
          // The C++ code hashes signed bytes: the sign fills the upper bits.
          hash = Math.imul(hash ^ ((utf8[at]! << 24) >> 24), 0x01000193);
          at++;
        } while (at < end && (utf8[at]! & 0xc0) === 0x80);
        if (length < shortest || (length === 1 && (start === 0 || at === end))) continue;
        addGram((hash >>> 0) % bucket, sums, slot);
      }
    }
    return slot;
  };

  /** The mean of all rows of a line; undefined when there are none. */
  const hiddenOf = (line: string): Float64Array | undefined => {
    const hidden = new Float64Array(width);
    const hashes: number[] = [];
    const add = (text: string, start: number, end: number, hash: number): void => {
      const number = known.find(text, start, end, hash);
      const slot = number < 0 ? addWord(text.slice(start, end), hash) : number * width;
      for (let at = 0; at < width; at++) hidden[at] = hidden[at]! + sums[slot + at]!;
      if (wordNgrams > 1) hashes.push(wordHash(text.slice(start, end)));
    };
    eachToken(line, (start, end, hash) => {
      if (line.startsWith(endOfSentence, start) && end - start === endOfSentence.length) return false;
      const isLabel = line.startsWith(labelPrefix, start) && !vocabulary.has(line.slice(start, end));
      if (!isLabel) add(line, start, end, hash);
      return true;
    });
    add(endOfSentence, 0, endOfSentence.length, endHash);
    if (wordNgrams > 1 && bucket > 0)
      eachWordGram(hashes, wordNgrams, bucket, (gram) => addGram(gram, hidden, 0));
    const rows = hidden[dimension]!;
    if (rows === 0) return undefined;
    for (let at = 0; at < dimension; at++) hidden[at] = hidden[at]! / rows;
    return hidden;
  };

  return {
    labels,
    predict(line) {
      const hidden = hiddenOf(line);
      if (hidden === undefined) return { label: labels[0]!, score: 0 };
      const { label, score } = scorer.best(hidden);
      return { label: labels[label]!, score: Math.min(scoreLimit, score) };
    },
    scores(line) {
      const hidden = hiddenOf(line);
      if (hidden === undefined) return new Float64Array(labels.length);
      return scorer.all(hidden).map((score) => Math.min(scoreLimit, score));
    },
  };
}

/** The index of a label, for those who ask for the score of one. Throws `data/label-missing`. */
export function labelIndex(model: FastTextModel, label: string): number {
  const index = model.labels.indexOf(label.replace(labelPrefix, ''));
  if (index >= 0) return index;
  throw new LlmError({
    code: 'data/label-missing',
    message: `The model has no label "${label}". It has ${model.labels.slice(0, 20).join(', ')}${model.labels.length > 20 ? ', …' : ''}.`,
    details: { label },
  });
}
