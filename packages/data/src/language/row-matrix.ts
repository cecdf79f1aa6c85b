/**
 * The rows of a fastText model: floats as they lie in the file, or product-quantized, where a row is one
 * centroid number per block of dimensions and its norm another one. Small quantized matrices are unpacked,
 * large ones are read where they lie.
 */
import type { LlmError } from '@llm/core';
import type { ByteReader } from './byte-reader.js';

export interface RowMatrix {
  readonly rows: number;
  /** Adds a row to `target`, from `at` on. */
  addRow(row: number, target: Float64Array, at: number): void;
  /** Dot product with the beginning of a vector. */
  dot(row: number, vector: Float64Array): number;
}

interface MatrixForm {
  readonly dimension: number;
  readonly isQuantized: boolean;
  readonly mayOverwrite: boolean;
}

type Unreadable = (why: string) => LlmError;

/** Numbers that are unpacked at most: 64 MB. */
const unpackedNumbers = 16 * 1024 * 1024;

export function readMatrix(
  reader: ByteReader,
  { dimension, isQuantized, mayOverwrite }: MatrixForm,
  unreadable: Unreadable,
): RowMatrix {
  if (isQuantized) return readQuantized(reader, dimension, unreadable);
  const [rows, columns] = [reader.int64(), reader.int64()];
  if (columns !== dimension || rows < 0) throw unreadable('the shape of a layer is damaged');
  return plainMatrix(checked(reader.floats(rows * dimension, mayOverwrite), unreadable), rows, dimension);
}

function plainMatrix(values: Float32Array, rows: number, dimension: number): RowMatrix {
  return {
    rows,
    addRow(row, target, at) {
      const from = row * dimension;
      for (let column = 0; column < dimension; column++)
        target[at + column] = target[at + column]! + values[from + column]!;
    },
    dot(row, vector) {
      const from = row * dimension;
      let sum = 0;
      for (let column = 0; column < dimension; column++) sum += values[from + column]! * vector[column]!;
      return sum;
    },
  };
}

const centroidsPerBlock = 256;

function readQuantized(reader: ByteReader, dimension: number, unreadable: Unreadable): RowMatrix {
  const withNorms = reader.uint8() === 1;
  const rows = reader.int64();
  const columns = reader.int64();
  const codes = reader.bytes(reader.int32());
  const { ofDimension, blocks, width, lastWidth, centroids } = readQuantizer(reader);
  const norms = withNorms ? reader.bytes(rows) : undefined;
  const normCentroids = withNorms ? readQuantizer(reader).centroids : undefined;
  const fits =
    codes.length === rows * blocks &&
    width > 0 &&
    blocks === Math.ceil(dimension / width) &&
    lastWidth === dimension - (blocks - 1) * width &&
    ofDimension === dimension &&
    columns === dimension &&
    (normCentroids === undefined || normCentroids.length >= centroidsPerBlock);
  if (!fits) throw unreadable('the shape of a quantized layer is damaged');
  checked(centroids, unreadable);
  if (normCentroids !== undefined) checked(normCentroids, unreadable);
  const normOf = (row: number): number => (norms === undefined ? 1 : normCentroids![norms[row]!]!);
  /** Where the centroid of a block of a row starts. */
  const centroidOf = (row: number, block: number): number =>
    block * centroidsPerBlock * width +
    codes[row * blocks + block]! * (block === blocks - 1 ? lastWidth : width);
  const packed: RowMatrix = {
    rows,
    addRow(row, target, at) {
      const norm = normOf(row);
      for (let block = 0, column = 0; block < blocks; block++) {
        const wide = block === blocks - 1 ? lastWidth : width;
        const from = centroidOf(row, block);
        for (let inner = 0; inner < wide; inner++, column++)
          target[at + column] = target[at + column]! + norm * centroids[from + inner]!;
      }
    },
    dot(row, vector) {
      let sum = 0;
      for (let block = 0, column = 0; block < blocks; block++) {
        const wide = block === blocks - 1 ? lastWidth : width;
        const from = centroidOf(row, block);
        for (let inner = 0; inner < wide; inner++, column++)
          sum += centroids[from + inner]! * vector[column]!;
      }
      return sum * normOf(row);
    },
  };
  // A byte stands for `width` dimensions: a file that says a hundred would take all memory.
  if (rows * dimension > unpackedNumbers) return packed;
  const line = new Float64Array(dimension);
  const values = new Float32Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    line.fill(0);
    packed.addRow(row, line, 0);
    values.set(line, row * dimension);
  }
  return plainMatrix(values, rows, dimension);
}

function readQuantizer(reader: ByteReader) {
  const ofDimension = reader.int32();
  const blocks = reader.int32();
  const width = reader.int32();
  const lastWidth = reader.int32();
  const centroids = reader.floats(ofDimension * centroidsPerBlock, false);
  return { ofDimension, blocks, width, lastWidth, centroids };
}

function checked(values: Float32Array, unreadable: Unreadable): Float32Array {
  for (let at = 0; at < values.length; at++)
    if (!Number.isFinite(values[at]!)) throw unreadable('it holds what is no number');
  return values;
}
