/** fastText's file of a supervised model (`.bin`, version 12), as `FastText::saveModel` writes it. */

export interface FastTextModelParts {
  readonly dimension: number;
  readonly wordNgrams: number;
  readonly buckets: number;
  readonly epochs: number;
  readonly minimumCount: number;
  /** Words from the most frequent one on, then labels with `__label__`: rows of the input and the output. */
  readonly words: readonly (readonly [word: string, count: number])[];
  readonly labels: readonly (readonly [label: string, count: number])[];
  readonly tokens: number;
  /** `[words + buckets, dimension]` */
  readonly input: Float32Array;
  /** `[labels, dimension]` */
  readonly output: Float32Array;
}

const magic = 793_712_314;
const version = 12;
const softmax = 3;
const supervised = 3;
/** What fastText writes there although it is not used for this kind of model. */
const unused = { window: 5, negatives: 5, updateRate: 100, threshold: 1e-4 };

/** The bytes of the file, in pieces. */
export function* fastTextFile(model: FastTextModelParts): Generator<Uint8Array> {
  const { dimension, wordNgrams, buckets, words, labels, input, output } = model;
  const head = new ArrayBuffer(8 + 12 * 4 + 8 + 3 * 4 + 2 * 8);
  const view = new DataView(head);
  let at = 0;
  const int32 = (value: number): void => {
    view.setInt32(at, value, true);
    at += 4;
  };
  const int64 = (value: number): void => {
    view.setBigInt64(at, BigInt(value), true);
    at += 8;
  };
  int32(magic);
  int32(version);
  for (const value of [dimension, unused.window, model.epochs, model.minimumCount, unused.negatives])
    int32(value);
  for (const value of [wordNgrams, softmax, supervised, buckets, 0, 0, unused.updateRate]) int32(value);
  view.setFloat64(at, unused.threshold, true);
  at += 8;
  for (const value of [words.length + labels.length, words.length, labels.length]) int32(value);
  int64(model.tokens);
  int64(-1);
  yield new Uint8Array(head);
  yield* entries(words, 0);
  yield* entries(labels, 1);
  yield matrixHead(input.length / dimension, dimension);
  yield* pieces(input);
  yield matrixHead(labels.length, dimension);
  yield* pieces(output);
}

function* entries(named: readonly (readonly [string, number])[], type: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let start = 0; start < named.length; start += 4096) {
    const encoded = named.slice(start, start + 4096).map(([name]) => encoder.encode(name));
    const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length + 10, 0));
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [index, name] of encoded.entries()) {
      bytes.set(name, at);
      at += name.length + 1;
      view.setBigInt64(at, BigInt(named[start + index]![1]), true);
      at += 8;
      bytes[at++] = type;
    }
    yield bytes;
  }
}

/** Not quantized; rows and columns. */
function matrixHead(rows: number, columns: number): Uint8Array {
  const bytes = new Uint8Array(17);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(1, BigInt(rows), true);
  view.setBigInt64(9, BigInt(columns), true);
  return bytes;
}

const numbersOfPiece = 4 * 1024 * 1024;

/** Little-endian, as every machine is that runs this. */
function* pieces(values: Float32Array): Generator<Uint8Array> {
  for (let start = 0; start < values.length; start += numbersOfPiece) {
    const part = values.subarray(start, start + numbersOfPiece);
    yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  }
}
