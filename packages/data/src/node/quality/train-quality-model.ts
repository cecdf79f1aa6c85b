/**
 * Labelled texts → a classifier of quality in fastText's format, which `loadFastTextScorer`, datatrove's
 * `FastTextClassifierFilter` and fastText itself read. A share of the texts is held out, and only asked
 * about at the end.
 */
import { setImmediate } from 'node:timers/promises';
import { checkNumbers, emit, LlmError, type RunOptions, throwIfAborted } from '@llm/core';
import { fastTextFile } from '../../language/write-fasttext-file.js';
import { checkOptions } from '../../page/check-options.js';
import { type EncodedCorpus, LabelledCorpus, rowFinder } from '../../quality/labelled-corpus.js';
import {
  type LinearClassifier,
  mostLikely,
  trainLinearClassifier,
} from '../../quality/train-linear-classifier.js';
import { documentHash, hashShare } from '../../sampling/document-hash.js';
import type { StorageOptions } from '../storage/http-client.js';
import { openOutput } from '../storage/open-storage.js';

export interface LabelledText {
  readonly text: string;
  /** One word, with or without `__label__`. */
  readonly label: string;
}

export interface TrainQualityOptions extends RunOptions {
  readonly texts: Iterable<LabelledText> | AsyncIterable<LabelledText>;
  /** The model's file: a path or URL. */
  readonly output: string;
  /** Of a vector. Default 100. */
  readonly dimension?: number | undefined;
  /** Words of the longest n-gram. Default 2, as DCLM; 1: words only. */
  readonly wordNgrams?: number | undefined;
  /** Rows that n-grams share by hash. Default 2,000,000: 800 MB of memory and of file at 100 dimensions. */
  readonly buckets?: number | undefined;
  /** Default 5. */
  readonly epochs?: number | undefined;
  /** At the start; it falls to zero. Default 0.1. */
  readonly learningRate?: number | undefined;
  /** Rarer words have no vector of their own. Default 1. */
  readonly minimumCount?: number | undefined;
  /** Share of the texts that is not learned from. Default 0.1. */
  readonly heldOut?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly storage?: StorageOptions | undefined;
}

export interface LabelFigures {
  readonly texts: number;
  readonly precision: number;
  readonly recall: number;
}

export interface TrainedQuality {
  readonly texts: number;
  readonly words: number;
  readonly bytes: number;
  /** Of the texts that were held out; undefined when there are none. */
  readonly heldOut?:
    | {
        readonly texts: number;
        readonly accuracy: number;
        readonly labels: Readonly<Record<string, LabelFigures>>;
      }
    | undefined;
}

const stage = 'quality';

/** Throws `data/option-invalid`, `core/option-invalid`, `data/label-invalid`, `data/labels-missing`. */
export async function trainQualityModel(options: TrainQualityOptions): Promise<TrainedQuality> {
  checkOptions('trainQualityModel', options, {
    ...({ texts: 'any!', output: 'text!', dimension: 'any', wordNgrams: 'any', buckets: 'any' } as const),
    ...({ epochs: 'any', learningRate: 'any', minimumCount: 'any', heldOut: 'any', seed: 'any' } as const),
    ...({ storage: 'object', signal: 'object', onEvent: 'function' } as const),
  });
  checkNumbers(options, {
    dimension: { minimum: 1, maximum: 4096, integer: true },
    wordNgrams: { minimum: 1, maximum: 10, integer: true },
    buckets: { minimum: 1, maximum: 100_000_000, integer: true },
    epochs: { minimum: 1, maximum: 10_000, integer: true },
    learningRate: { above: 0, maximum: 100 },
    minimumCount: { minimum: 1, integer: true },
    heldOut: { minimum: 0, below: 1 },
    seed: { integer: true },
  });
  const { dimension = 100, wordNgrams = 2, epochs = 5, learningRate = 0.1, minimumCount = 1 } = options;
  const { seed = 0, signal, onEvent } = options;
  if (wordNgrams === 1 && options.buckets !== undefined)
    throw new LlmError({
      code: 'data/option-invalid',
      message: 'buckets are for n-grams of words, and wordNgrams is 1. Leave one of them out.',
      details: { option: 'buckets' },
    });
  const buckets = wordNgrams > 1 ? (options.buckets ?? 2_000_000) : 0;
  const file = await openOutput(options.output, options.storage);
  try {
    emit(onEvent, { type: 'stage-start', stage });
    const { corpus, asked } = await gather(options, { wordNgrams, buckets, minimumCount });
    const total = corpus.texts * epochs;
    const training = trainLinearClassifier(corpus, {
      ...{ dimension, epochs, learningRate, buckets, wordNgrams, seed },
    });
    let step = training.next();
    for (; step.done !== true; step = training.next()) {
      throwIfAborted(signal);
      const { done, loss, learningRate: learning_rate } = step.value;
      emit(onEvent, { type: 'progress', stage, done, total, unit: 'texts' });
      emit(onEvent, { type: 'metric', stage, step: done, values: { loss, learning_rate } });
      await setImmediate();
    }
    const { input, output } = step.value;
    let bytes = 0;
    const parts = { dimension, wordNgrams, buckets, epochs, minimumCount, input, output };
    for (const piece of fastTextFile({ ...corpus, ...parts })) {
      throwIfAborted(signal);
      await file.write(piece);
      bytes += piece.length;
    }
    await file.finish();
    const rowsOf = rowFinder(corpus, { wordNgrams, buckets, minimumCount });
    const best = (text: string): string => {
      const label = mostLikely(rowsOf(text), step.value as LinearClassifier, dimension);
      return corpus.labels[label]![0].replace('__label__', '');
    };
    const heldOut = figures(asked, corpus, best);
    const { texts } = corpus;
    emit(onEvent, {
      ...{ type: 'stage-end', stage },
      summary: { texts, bytes, ...(heldOut && { accuracy: heldOut.accuracy }) },
    });
    return { texts, words: corpus.words.length, bytes, heldOut };
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/** What is learned from and what is held out: drawn by hash of the text, so that copies stay together. */
async function gather(
  { texts, heldOut = 0.1, seed = 0, signal, onEvent }: TrainQualityOptions,
  shape: ConstructorParameters<typeof LabelledCorpus>[0],
): Promise<{ corpus: EncodedCorpus; asked: LabelledText[] }> {
  const builder = new LabelledCorpus(shape);
  const asked: LabelledText[] = [];
  let read = 0;
  for await (const { text, label: given } of texts) {
    throwIfAborted(signal);
    const label = given.replace(/^__label__/, '');
    const isAsked = hashShare(documentHash(seed, 'held-out', text)) < heldOut;
    if (isAsked) asked.push({ text, label });
    else builder.add(text, label);
    if (++read % 1000 === 0) emit(onEvent, { type: 'progress', stage, done: read, unit: 'texts read' });
  }
  const corpus = builder.encode();
  if (corpus.labels.length >= 2) return { corpus, asked };
  throw new LlmError({
    code: 'data/labels-missing',
    message: `The ${read} texts have ${corpus.labels.length === 0 ? 'no label' : `only the label ${corpus.labels[0]![0]}`}: a classifier needs at least two to tell apart.`,
    details: { texts: read },
  });
}

/** How often it is right of texts that it has not seen. */
function figures(
  asked: readonly LabelledText[],
  corpus: EncodedCorpus,
  answer: (text: string) => string,
): TrainedQuality['heldOut'] {
  if (asked.length === 0) return undefined;
  const names = corpus.labels.map(([name]) => name.replace('__label__', ''));
  const right = new Map(names.map((name) => [name, 0]));
  const answered = new Map(right);
  const there = new Map(right);
  const count = (of: Map<string, number>, name: string): void => void of.set(name, (of.get(name) ?? 0) + 1);
  for (const { text, label } of asked) {
    const said = answer(text);
    count(answered, said);
    count(there, label);
    if (said === label) count(right, label);
  }
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const labels = [...there].map(([name, texts]): [string, LabelFigures] => {
    const hits = right.get(name) ?? 0;
    return [name, { texts, precision: share(hits, answered.get(name) ?? 0), recall: share(hits, texts) }];
  });
  const hits = [...right.values()].reduce((sum, value) => sum + value, 0);
  return { texts: asked.length, accuracy: hits / asked.length, labels: Object.fromEntries(labels) };
}
