/**
 * The file of a supervised fastText model, plain or quantized: arguments, dictionary, the rows of words and
 * n-grams, the rows of labels. Version 12, and 11, whose supervised models have no character n-grams.
 */
import { LlmError } from '@llm/core';
import { ByteReader } from './byte-reader.js';
import { IntegerMap } from './integer-map.js';
import { type RowMatrix, readMatrix } from './row-matrix.js';

export interface FastTextFileOptions {
  /** The bytes may be moved about, which spares a copy of the largest part. Default false. */
  readonly mayOverwrite?: boolean | undefined;
}

export type FastTextLoss = 'hs' | 'ns' | 'softmax' | 'ova';

export interface FastTextFile {
  readonly dimension: number;
  readonly wordNgrams: number;
  readonly loss: FastTextLoss;
  readonly bucket: number;
  readonly shortest: number;
  readonly longest: number;
  /** Word → row. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Rows of words; those of n-grams follow. */
  readonly words: number;
  readonly labels: readonly { readonly name: string; readonly count: number }[];
  /** Bucket → row behind the words, −1 where it was pruned; undefined: bucket and row are the same. */
  readonly rowOfBucket: IntegerMap | undefined;
  readonly input: RowMatrix;
  readonly output: RowMatrix;
}

const magic = 793_712_314;
const supervised = 3;
const losses: Readonly<Record<number, FastTextLoss>> = { 1: 'hs', 2: 'ns', 3: 'softmax', 4: 'ova' };

/** Throws `data/model-unreadable`. */
export function readFastTextFile(bytes: Uint8Array, options: FastTextFileOptions = {}): FastTextFile {
  try {
    return readFile(bytes, options.mayOverwrite ?? false);
  } catch (error) {
    throw error instanceof RangeError ? unreadable(`it ends early or is damaged (${error.message})`) : error;
  }
}

function readFile(bytes: Uint8Array, mayOverwrite: boolean): FastTextFile {
  const reader = new ByteReader(bytes);
  if (bytes.length < 64 || reader.int32() !== magic)
    throw unreadable('it does not start with the magic number');
  const version = reader.int32();
  if (version !== 11 && version !== 12) throw unreadable(`its version is ${version}, not 11 or 12`);
  const args = Array.from({ length: 12 }, () => reader.int32());
  reader.skip(8);
  const [dimension = 0, , , , , wordNgrams = 1, lossNumber = 0, kind, bucket = 0, shortest = 0, longest = 0] =
    args;
  const loss = losses[lossNumber];
  if (kind !== supervised) throw unreadable('it holds word vectors and no labels (not supervised)');
  if (loss === undefined) throw unreadable(`its loss is number ${lossNumber}, which is none`);
  if (!(dimension > 0 && dimension <= 65_536)) throw unreadable(`its vectors have ${dimension} numbers`);
  if (bucket < 0) throw unreadable(`it has ${bucket} buckets`);
  const { vocabulary, labels, words, pruned } = readDictionary(reader);
  let rowOfBucket: IntegerMap | undefined;
  if (pruned >= 0) {
    rowOfBucket = new IntegerMap(reader.expectEntries(pruned, 8));
    for (let entry = 0; entry < pruned; entry++) {
      const [key, row] = [reader.int32(), reader.int32()];
      if (key < 0 || row < 0 || row >= pruned) throw unreadable('an n-gram of it has no row');
      rowOfBucket.set(key, row);
    }
  }
  const isQuantized = reader.uint8() === 1;
  const input = readMatrix(reader, { dimension, isQuantized, mayOverwrite }, unreadable);
  // Without character and word n-grams no bucket is asked for.
  const grams = longest > 0 || wordNgrams > 1 ? (pruned >= 0 ? pruned : bucket) : 0;
  if (input.rows < words + grams) throw unreadable('it has not a row for each word and n-gram');
  const quantizedOutput = reader.uint8() === 1 && isQuantized;
  const output = readMatrix(reader, { dimension, isQuantized: quantizedOutput, mayOverwrite }, unreadable);
  if (output.rows !== labels.length) throw unreadable('it has not a row for each label');
  return {
    dimension,
    wordNgrams,
    loss,
    bucket,
    shortest,
    // What version 11 says there was not used.
    longest: version === 11 ? 0 : longest,
    vocabulary,
    words,
    labels,
    rowOfBucket,
    input,
    output,
  };
}

function readDictionary(reader: ByteReader) {
  const size = reader.int32();
  const words = reader.int32();
  const labelCount = reader.int32();
  reader.skip(8);
  // −1: n-grams were not pruned.
  const pruned = reader.int64();
  // An entry takes ten bytes at least.
  reader.expectEntries(size, 10);
  if (words < 0 || labelCount <= 0 || words + labelCount !== size || pruned < -1)
    throw unreadable('its dictionary does not add up');
  const vocabulary = new Map<string, number>();
  const labels: { name: string; count: number }[] = [];
  for (let entry = 0; entry < size; entry++) {
    const name = reader.cString();
    const count = reader.int64();
    const isWord = reader.uint8() === 0;
    if (isWord !== entry < words) throw unreadable('words and labels of it are mixed up');
    if (isWord) vocabulary.set(name, entry);
    else labels.push({ name, count });
  }
  // The tree of labels is built by counts, and 1e15 stands for a node that is not there yet.
  if (!labels.every(({ count }) => count >= 0 && count < 1e15)) throw unreadable('its labels have no counts');
  return { vocabulary, labels, words, pruned };
}

function unreadable(why: string): LlmError {
  return new LlmError({
    code: 'data/model-unreadable',
    message: `This is no fastText model that can be read: ${why}. Give a supervised model (.bin or .ftz) such as lid.176.ftz; fetch it again if it was cut.`,
  });
}
