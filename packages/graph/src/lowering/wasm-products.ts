/**
 * Products with weights of integers in WebAssembly, whose MatMulNBits writes the whole matrix out as float32 at
 * every run. There is a kernel for integers, MatMulInteger: activations are rounded to 8 bits by block, as
 * llama.cpp does (Q8_0), each block is a product of its own in one batch, and the scales come after it. The
 * weight takes one byte a number, 4-bit ones too: the runtime has no kernel that reads halves of bytes.
 */
import { constantScalar } from '../functions/constants.js';
import { abs, add, cast, div, max, mul } from '../functions/elementwise.js';
import { concat, dimensionOf, reshape, transpose, unsqueeze } from '../functions/movement.js';
import { reduceMax, reduceSum } from '../functions/reduce.js';
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import type { Dimension, TensorType } from '../tensors/tensor.js';
import type { LoweringRule } from './lowering-rule.js';

/** Unsigned: 128 stands for zero. */
const zero = 128;

/** One rule per graph: what two products share is computed once. */
export function integerProducts(): LoweringRule {
  const rounded = new Map<Tensor, RoundedBlocks>();
  return ({ attributes, outputs }: GraphNode, inputs: readonly Tensor[]) => {
    const [x, integers, scales] = inputs as [Tensor, Tensor, Tensor];
    const { graph } = x;
    const [rows = 0, blocks = 0] = scales.shape.map(Number);
    const size = Number(attributes.block_size);
    const bits = Number(attributes.bits);
    const activations = rounded.get(x) ?? roundedBlocks(x, blocks, size);
    rounded.set(x, activations);
    // Both are weights alone: the runtime works them out once, when the session is made.
    const numbers = bits === 8 ? integers : halvesOf(integers, [rows, blocks, size]);
    const matrices = transpose(numbers, [1, 2, 0]);
    const factors = unsqueeze(transpose(scales, [1, 0]), 1);
    const products = made(
      graph,
      'MatMulInteger',
      [activations.numbers, matrices, byte(graph, zero), byte(graph, 2 ** (bits - 1))],
      'int32',
      [blocks, 'vectors', rows],
    );
    const scaled = mul(mul(cast(products, 'float32'), factors), activations.scales);
    return [reshapeLike(reduceSum(scaled, 0), x, outputs[0]!.shape)];
  };
}

interface RoundedBlocks {
  /** uint8 [blocks, vectors, size] */
  readonly numbers: Tensor;
  /** float32 [blocks, vectors, 1] */
  readonly scales: Tensor;
}

/** x [..., blocks · size] */
function roundedBlocks(x: Tensor, blocks: number, size: number): RoundedBlocks {
  const { graph } = x;
  const shape = graph.constant(BigInt64Array.of(-1n, BigInt(blocks), BigInt(size)));
  const parts = made(graph, 'Reshape', [x, shape], 'float32', ['vectors', blocks, size]);
  const blocked = transpose(parts, [1, 0, 2]);
  const scales = max(mul(reduceMax(abs(blocked), -1, { keepDimensions: true }), 1 / 127), 1e-30);
  const whole = made(graph, 'Round', [div(blocked, scales)], 'float32', blocked.shape);
  return { numbers: cast(add(whole, zero), 'uint8'), scales };
}

/** [..., bytes] → [..., bytes, 2] as `shape`: the low four bits, then the high ones */
function halvesOf(bytes: Tensor, shape: readonly number[]): Tensor {
  const { graph } = bytes;
  const low = made(graph, 'BitwiseAnd', [bytes, byte(graph, 15)], 'uint8', bytes.shape);
  const high = graph.node(
    'BitShift',
    [bytes, byte(graph, 4)],
    { direction: 'RIGHT' },
    { outputs: [{ type: 'uint8', shape: bytes.shape }] },
  )[0]!;
  return reshape(concat([unsqueeze(low, -1), unsqueeze(high, -1)], -1), shape);
}

/** The axes before the last are those of x, which may be symbols. */
function reshapeLike(product: Tensor, x: Tensor, shape: readonly Dimension[]): Tensor {
  if (shape.length === 2) return made(x.graph, 'Identity', [product], 'float32', shape);
  const sizes = shape.map((size, axis) =>
    axis < shape.length - 1 ? dimensionOf(x, axis) : x.graph.constant(BigInt64Array.of(BigInt(size))),
  );
  return made(x.graph, 'Reshape', [product, concat(sizes, 0)], 'float32', shape);
}

const byte = (graph: Graph, value: number): Tensor => cast(constantScalar(graph, value, 'int32'), 'uint8');

function made(
  graph: Graph,
  operator: string,
  inputs: readonly Tensor[],
  type: TensorType,
  shape: readonly Dimension[],
): Tensor {
  return graph.node(operator, inputs, {}, { outputs: [{ type, shape }] })[0]!;
}
