/**
 * Reads a quantized supervised fastText model (`.ftz`, Joulin et al. 2016) and predicts the most likely label
 * of a line: character n-grams, product-quantized vectors, hierarchical softmax. The arithmetic is that of
 * Facebook's C++ code, in double precision. The vectors of a word's n-grams are summed once and kept: running
 * text repeats its words, which makes this several times faster than the WebAssembly build. Left out:
 * training, word n-grams above 1, other losses than hierarchical softmax, unquantized or unpruned models.
 */
import { LlmError } from '@llm/core';
import { ByteReader } from './byte-reader.js';

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
}

const magic = 793_712_314;
const hierarchicalSoftmax = 1;
const endOfSentence = '</s>';
const labelPrefix = '__label__';
/** Words whose sums are kept: 14 MB. When they are so many, all are forgotten. */
const cachedWords = 100_000;

/** Throws `data/model-unreadable` for bytes that are no such model. */
export function readFastTextModel(bytes: Uint8Array): FastTextModel {
  try {
    return readModel(bytes);
  } catch (error) {
    throw error instanceof RangeError ? unreadable('it ends early or is damaged') : error;
  }
}

function readModel(bytes: Uint8Array): FastTextModel {
  const reader = new ByteReader(bytes);
  if (bytes.length < 64 || reader.int32() !== magic)
    throw unreadable('it does not start with the magic number');
  reader.skip(4);
  const args = Array.from({ length: 12 }, () => reader.int32());
  reader.skip(8);
  const [dimension = 0, , , , , wordNgrams = 1, loss = 0, , bucket = 0, shortest = 0, longest = 0] = args;
  if (loss !== hierarchicalSoftmax || wordNgrams > 1)
    throw unreadable('its loss or word n-grams are not supported');
  const size = reader.int32();
  const words = reader.int32();
  reader.skip(4 + 8);
  const pruned = reader.int64();
  const vocabulary = new Map<string, number>();
  const labels: string[] = [];
  const labelCounts: number[] = [];
  for (let entry = 0; entry < size; entry++) {
    const word = reader.cString();
    const count = reader.int64();
    if (reader.uint8() === 0) vocabulary.set(word, entry);
    else {
      labels.push(word.replace(labelPrefix, ''));
      labelCounts.push(count);
    }
  }
  if (pruned <= 0) throw unreadable('its n-grams are not pruned');
  const rowOfBucket = new IntegerMap(reader.expectEntries(pruned, 8));
  for (let entry = 0; entry < pruned; entry++) {
    const [key, row] = [reader.int32(), reader.int32()];
    if (row < 0 || row >= pruned) throw unreadable('an n-gram of it has no row');
    rowOfBucket.set(key, words + row);
  }
  if (reader.uint8() !== 1) throw unreadable('it is not quantized (.ftz)');
  const input = readQuantizedMatrix(reader, dimension);
  if (vocabulary.size > words || input.length !== (words + pruned) * dimension)
    throw unreadable('it has not a row for each word and n-gram');
  if (reader.uint8() !== 0) throw unreadable('its output layer is quantized');
  reader.skip(16);
  const output = reader.float32(dimension * labels.length);
  if (![input, output].every((numbers) => numbers.every(Number.isFinite)))
    throw unreadable('it holds what is no number');
  // The tree is built by counts, and 1e15 stands for a node that is not there yet.
  if (labels.length === 0 || !labelCounts.every((count) => count >= 0 && count < 1e15))
    throw unreadable('its labels have no counts');
  const tree = buildTree(labelCounts);

  const width = dimension + 1;
  const slots = new Map<string, number>();
  const sums = new Float64Array(cachedWords * width);
  let utf8 = new Uint8Array(256);
  const encoder = new TextEncoder();

  const addRow = (row: number, slot: number): void => {
    for (let at = 0; at < dimension; at++) {
      sums[slot + at] = sums[slot + at]! + input[row * dimension + at]!;
    }
    sums[slot + dimension] = sums[slot + dimension]! + 1;
  };
  /** Where the sum of the rows of a word and of its n-grams is, followed by how many rows there are. */
  const slotOf = (word: string): number => {
    const known = slots.get(word);
    if (known !== undefined) return known;
    if (slots.size >= cachedWords) slots.clear();
    const slot = slots.size * width;
    slots.set(word, slot);
    sums.fill(0, slot, slot + width);
    const row = vocabulary.get(word);
    if (row !== undefined) addRow(row, slot);
    if (word === endOfSentence) return slot;
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
        const gram = rowOfBucket.get((hash >>> 0) % bucket);
        if (gram >= 0) addRow(gram, slot);
      }
    }
    return slot;
  };

  return {
    labels,
    predict(line) {
      const hidden = new Float64Array(width);
      const add = (word: string): void => {
        const slot = slotOf(word);
        for (let at = 0; at < width; at++) hidden[at] = hidden[at]! + sums[slot + at]!;
      };
      for (let at = 0, start = 0; at <= line.length; at++) {
        const code = at < line.length ? line.charCodeAt(at) : 0;
        // fastText's own white space: ASCII and the zero byte.
        if (code > 32 || (code !== 32 && code !== 0 && (code < 9 || code > 13))) continue;
        if (at > start) {
          const word = line.slice(start, at);
          if (!word.startsWith(labelPrefix)) add(word);
        }
        start = at + 1;
      }
      add(endOfSentence);
      const rows = hidden[dimension]!;
      if (rows === 0) return { label: labels[0] ?? '', score: 0 };
      for (let at = 0; at < dimension; at++) hidden[at] = hidden[at]! / rows;
      return bestLeaf(tree, labels, output, hidden, dimension);
    },
  };
}

/** Integer → row, open addressing, at most half full: an array over all buckets would miss the cache. */
class IntegerMap {
  readonly #mask: number;
  /** Key and value side by side, so that a look-up touches one cache line. */
  readonly #slots: Int32Array;

  constructor(entries: number) {
    const capacity = 2 ** Math.ceil(Math.log2(entries * 2 + 1));
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(2 * capacity).fill(-1);
  }

  set(key: number, value: number): void {
    const slot = this.#slotOf(key);
    this.#slots[2 * slot] = key;
    this.#slots[2 * slot + 1] = value;
  }

  /** −1 when the key is not there. */
  get(key: number): number {
    return this.#slots[2 * this.#slotOf(key) + 1]!;
  }

  #slotOf(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) & this.#mask;
    for (;;) {
      const found = this.#slots[2 * slot];
      if (found === key || found === -1) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}

const centroidsPerBlock = 256;

/**
 * Product quantization: a row is one centroid number per block of dimensions, and its norm another one.
 * Returned as plain rows, [rows, dimension].
 */
function readQuantizedMatrix(reader: ByteReader, dimension: number): Float32Array {
  const withNorms = reader.uint8() === 1;
  const rows = reader.int64();
  reader.skip(8);
  const codes = reader.bytes(reader.int32());
  const { dimension: ofDimension, blocks, width, lastWidth, centroids } = readQuantizer(reader);
  const norms = withNorms ? reader.bytes(rows) : undefined;
  const normCentroids = withNorms ? readQuantizer(reader).centroids : undefined;
  const fits =
    codes.length === rows * blocks &&
    width > 0 &&
    blocks === Math.ceil(dimension / width) &&
    lastWidth === dimension - (blocks - 1) * width &&
    ofDimension === dimension;
  // A byte stands for `width` dimensions, two by default: a file that says a hundred would take all memory.
  if (!fits || width > 16) throw unreadable('the shape of its input layer is damaged');
  const matrix = new Float32Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    const norm = norms === undefined ? 1 : normCentroids![norms[row]!]!;
    for (let block = 0; block < blocks; block++) {
      const wide = block === blocks - 1 ? lastWidth : width;
      const from = block * centroidsPerBlock * width + codes[row * blocks + block]! * wide;
      for (let at = 0; at < wide; at++) {
        matrix[row * dimension + block * width + at] = norm * centroids[from + at]!;
      }
    }
  }
  return matrix;
}

function readQuantizer(reader: ByteReader) {
  const dimension = reader.int32();
  const blocks = reader.int32();
  const width = reader.int32();
  const lastWidth = reader.int32();
  return { dimension, blocks, width, lastWidth, centroids: reader.float32(dimension * centroidsPerBlock) };
}

/** Children in the Huffman tree; nodes below `leaves` are labels, the root is the last node. */
interface LabelTree {
  readonly leaves: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

function buildTree(counts: readonly number[]): LabelTree {
  const leaves = counts.length;
  const nodes = 2 * leaves - 1;
  const total = new Float64Array(nodes).fill(1e15);
  total.set(counts);
  const left = new Int32Array(nodes).fill(-1);
  const right = new Int32Array(nodes).fill(-1);
  let leaf = leaves - 1;
  let inner = leaves;
  const smallest = (): number => (leaf >= 0 && total[leaf]! < total[inner]! ? leaf-- : inner++);
  for (let node = leaves; node < nodes; node++) {
    left[node] = smallest();
    right[node] = smallest();
    total[node] = total[left[node]!]! + total[right[node]!]!;
  }
  return { leaves, left, right };
}

/** Depth-first search for the leaf of greatest probability; a branch below the best so far is not entered. */
function bestLeaf(
  tree: LabelTree,
  labels: readonly string[],
  output: Float32Array,
  hidden: Float64Array,
  dimension: number,
): FastTextPrediction {
  let best = Number.NEGATIVE_INFINITY;
  let label = 0;
  const stack: [node: number, score: number][] = [[2 * tree.leaves - 2, 0]];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [node, score] = top;
    if (score < best) continue;
    if (node < tree.leaves) {
      best = score;
      label = node;
      continue;
    }
    let dot = 0;
    const row = (node - tree.leaves) * dimension;
    for (let at = 0; at < dimension; at++) dot += output[row + at]! * hidden[at]!;
    const probability = 1 / (1 + Math.exp(-dot));
    // fastText's logarithm of probabilities adds a small number against zero.
    stack.push([tree.right[node]!, score + Math.log(probability + 1e-5)]);
    stack.push([tree.left[node]!, score + Math.log(1 - probability + 1e-5)]);
  }
  return { label: labels[label] ?? '', score: Math.min(1, Math.exp(best)) };
}

function unreadable(why: string): LlmError {
  return new LlmError({
    code: 'data/model-unreadable',
    message: `This is no fastText model that can be read: ${why}. Give a quantized supervised model such as lid.176.ftz.`,
  });
}
