/**
 * A linear classifier of texts (Joulin et al. 2016, "Bag of Tricks"): the mean of the vectors of words and
 * hashed word n-grams, a softmax over the labels, plain gradient descent with a learning rate that falls to
 * zero, as fastText trains it and DCLM, FineWeb and others filter with it. Differences: the texts are
 * shuffled for each epoch (fastText takes them as they stand), and vectors of buckets that no text fell into
 * are zero, so that they say nothing. One thread: the same seed gives the same bytes. Left out: character
 * n-grams, other losses, several labels a text, quantization.
 */
import { createRandom } from '@llm/core';
import type { EncodedCorpus } from './labelled-corpus.js';

export interface ClassifierSettings {
  readonly dimension: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly buckets: number;
  readonly wordNgrams: number;
  readonly seed: number;
}

export interface ClassifierProgress {
  /** Texts that were learned from, over all epochs. */
  readonly done: number;
  /** Mean of −log p(label), since the last time. */
  readonly loss: number;
  readonly learningRate: number;
}

export interface LinearClassifier {
  /** `[words + buckets, dimension]` */
  readonly input: Float32Array;
  /** `[labels, dimension]` */
  readonly output: Float32Array;
}

/** Texts between two looks at the learning rate, and tokens as fastText has it. */
const textsAtOnce = 256;

/** Yields now and then; returns the weights. */
export function* trainLinearClassifier(
  corpus: EncodedCorpus,
  settings: ClassifierSettings,
): Generator<ClassifierProgress, LinearClassifier> {
  const { dimension, epochs, buckets, wordNgrams, seed } = settings;
  const labels = corpus.labels.length;
  const rows = corpus.words.length + (wordNgrams > 1 ? buckets : 0);
  const input = new Float32Array(rows * dimension);
  const output = new Float32Array(labels * dimension);
  initialise(input, corpus, dimension, seed);
  const hidden = new Float64Array(dimension);
  const gradient = new Float64Array(dimension);
  const logits = new Float64Array(labels);
  const total = corpus.tokens * epochs;
  const order = Array.from({ length: corpus.texts }, (_, text) => text);
  let [tokens, done, loss, counted] = [0, 0, 0, 0];
  for (let epoch = 0; epoch < epochs; epoch++) {
    createRandom(seed, 'order', epoch).shuffle(order);
    for (const text of order) {
      const learningRate = settings.learningRate * (1 - tokens / total);
      const own = corpus.rows(text);
      tokens += corpus.tokensOf(text);
      done++;
      if (own.length > 0) {
        loss += learn(own, corpus.label(text), learningRate);
        counted++;
      }
      if (done % textsAtOnce === 0) {
        yield { done, loss: loss / Math.max(1, counted), learningRate };
        [loss, counted] = [0, 0];
      }
    }
  }
  return { input, output };

  /** One step of gradient descent; −log p(label) before it. */
  function learn(own: Int32Array, label: number, learningRate: number): number {
    hidden.fill(0);
    for (let at = 0; at < own.length; at++) {
      const from = own[at]! * dimension;
      for (let column = 0; column < dimension; column++)
        hidden[column] = hidden[column]! + input[from + column]!;
    }
    for (let column = 0; column < dimension; column++) hidden[column]! /= own.length;
    let highest = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < labels; other++) {
      let logit = 0;
      for (let column = 0; column < dimension; column++)
        logit += output[other * dimension + column]! * hidden[column]!;
      logits[other] = logit;
      if (logit > highest) highest = logit;
    }
    let sum = 0;
    for (let other = 0; other < labels; other++) {
      logits[other] = Math.exp(logits[other]! - highest);
      sum += logits[other]!;
    }
    gradient.fill(0);
    for (let other = 0; other < labels; other++) {
      const step = learningRate * ((other === label ? 1 : 0) - logits[other]! / sum);
      for (let column = 0, at = other * dimension; column < dimension; column++, at++) {
        gradient[column]! += step * output[at]!;
        output[at]! += step * hidden[column]!;
      }
    }
    for (let column = 0; column < dimension; column++) gradient[column]! /= own.length;
    for (let at = 0; at < own.length; at++) {
      const from = own[at]! * dimension;
      for (let column = 0; column < dimension; column++) input[from + column]! += gradient[column]!;
    }
    return -Math.log(logits[label]! / sum);
  }
}

/** Uniform in ±1/dimension, in the order in which rows are first seen. */
function initialise(input: Float32Array, corpus: EncodedCorpus, dimension: number, seed: number): void {
  const random = createRandom(seed, 'vectors');
  const seen = new Uint8Array(input.length / dimension);
  for (let text = 0; text < corpus.texts; text++)
    for (const row of corpus.rows(text)) {
      if (seen[row] === 1) continue;
      seen[row] = 1;
      for (let at = row * dimension; at < (row + 1) * dimension; at++)
        input[at] = (2 * random.uniform() - 1) / dimension;
    }
}

/** The label of a text by its rows. */
export function mostLikely(rows: readonly number[], model: LinearClassifier, dimension: number): number {
  const { input, output } = model;
  const hidden = new Float64Array(dimension);
  for (const row of rows)
    for (let column = 0; column < dimension; column++)
      hidden[column] = hidden[column]! + input[row * dimension + column]!;
  let [label, highest] = [0, Number.NEGATIVE_INFINITY];
  for (let other = 0; other * dimension < output.length; other++) {
    let logit = 0;
    for (let column = 0; column < dimension; column++)
      logit += output[other * dimension + column]! * hidden[column]!;
    if (logit > highest) [label, highest] = [other, logit];
  }
  return label;
}
