/**
 * Weights that stay integers in memory: blocks of numbers of one row that share a scale, w = scale · (q −
 * 2^(bits − 1)) + offset, as the operators of ONNX Runtime hold them. Nothing flows back into them.
 */
import type { Tensor } from '../graph/graph.js';
import type { Dimension } from '../tensors/tensor.js';
import { add, cast, mul, sub } from './elementwise.js';
import { gather } from './indexing.js';
import { matMul } from './matmul.js';
import { concat, reshape, unsqueeze } from './movement.js';
import { reduceSum } from './reduce.js';

/** A matrix [rows, columns]; columns are a multiple of the block size. */
export interface QuantizedMatrix {
  readonly columns: number;
  /** uint8 [rows, blocks, bytes of a block]; 4-bit numbers two a byte, the first in the low half */
  readonly integers: Tensor;
  /** float32 [rows, blocks] */
  readonly scales: Tensor;
  /** float32 [rows, blocks]; absent: 0 */
  readonly offsets?: Tensor | undefined;
}

/** Activations of a product are rounded to 8 bits by block, where the processor has a kernel for it. */
const accuracyLevel = 4;

interface BlockSizes {
  readonly rows: number;
  readonly blocks: number;
  readonly blockSize: number;
  readonly bits: number;
}

function sizesOf({ columns, integers }: QuantizedMatrix): BlockSizes {
  const [rows = 0, blocks = 0, bytes = 0] = integers.shape.map(Number);
  const blockSize = columns / blocks;
  return { rows, blocks, blockSize, bits: (8 * bytes) / blockSize };
}

/** x [..., columns] · Wᵀ → [..., rows] */
export function matMulQuantized(x: Tensor, matrix: QuantizedMatrix): Tensor {
  const { integers, scales, offsets, columns } = matrix;
  const { rows, blockSize, bits } = sizesOf(matrix);
  const attributes = { K: columns, N: rows, bits, block_size: blockSize, accuracy_level: accuracyLevel };
  const product = x.graph.node('MatMulNBits', [x, integers, scales], attributes)[0]!;
  if (offsets === undefined) return product;
  return add(product, matMul(blockSums(x, blockSize), offsets, { transposeB: true }));
}

/** Sums of x [..., columns] over each block, [..., blocks]: what an offset is multiplied with. */
function blockSums(x: Tensor, blockSize: number): Tensor {
  const leading = x.shape.slice(0, -1);
  const blocks = Number(x.shape.at(-1)) / blockSize;
  return reduceSum(reshapeLast(x, leading, [blocks, blockSize]), -1);
}

/** Rows of the matrix: indices int32 [...] → float32 [..., columns] */
export function gatherQuantized(matrix: QuantizedMatrix, indices: Tensor): Tensor {
  const { integers, scales, offsets } = matrix;
  const { rows, blocks, blockSize, bits } = sizesOf(matrix);
  const flat = reshape(integers, [rows, (blocks * blockSize * bits) / 8]);
  const attributes = { gather_axis: 0, quantize_axis: 1, block_size: blockSize, bits };
  const values = indices.graph.node('GatherBlockQuantized', [flat, indices, scales], attributes)[0]!;
  if (offsets === undefined) return values;
  const grid = reshapeLast(values, indices.shape, [blocks, blockSize]);
  const shifted = add(grid, unsqueeze(gather(offsets, indices), -1));
  return reshapeLast(shifted, indices.shape, [blocks * blockSize]);
}

/**
 * The whole matrix in float32, [rows, columns]. `use` counts the places of a graph that want it: a runtime
 * would join equal nodes and keep the result between them, so each reads the integers in a shape of its own.
 */
export function dequantize(matrix: QuantizedMatrix, use = 0): Tensor {
  const { integers, scales, offsets, columns } = matrix;
  const { rows, blocks, blockSize, bits } = sizesOf(matrix);
  const shape = integers.shape.map(Number);
  const own = reshape(integers, [...new Array<number>(use + 1).fill(1), ...shape]);
  const bytes = cast(own, 'float32');
  const values = bits === 8 ? bytes : halvesOf(bytes);
  const centred = sub(reshape(values, [rows, blocks, blockSize]), 2 ** (bits - 1));
  const scaled = mul(centred, unsqueeze(scales, 2));
  return reshape(offsets === undefined ? scaled : add(scaled, unsqueeze(offsets, 2)), [rows, columns]);
}

/** [..., bytes] → [..., bytes, 2]: the low four bits, then the high ones */
function halvesOf(bytes: Tensor): Tensor {
  const high = cast(cast(mul(bytes, 1 / 16), 'int32'), 'float32');
  return concat([unsqueeze(sub(bytes, mul(high, 16)), -1), unsqueeze(high, -1)], -1);
}

/** `last` in place of the axes after the leading ones, which may be symbols and are copied. */
function reshapeLast(x: Tensor, leading: readonly Dimension[], last: readonly number[]): Tensor {
  const sizes = [...leading.map(() => 0n), ...last.map(BigInt)];
  return x.graph.node(
    'Reshape',
    [x, x.graph.constant(BigInt64Array.from(sizes))],
    {},
    { outputs: [{ type: x.type, shape: [...leading, ...last] }] },
  )[0]!;
}
