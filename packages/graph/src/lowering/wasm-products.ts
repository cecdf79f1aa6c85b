/**
 * Products with weights of integers in WebAssembly, whose MatMulNBits writes the whole matrix out as float32
 * at every run. There is a kernel for integers, MatMulInteger: activations are rounded to 8 bits by block, as
 * llama.cpp does (Q8_0), each block is a product of its own in one batch, and the scales come after it. The
 * weight takes one byte a number, 4-bit ones too: the runtime has no kernel that reads halves of bytes.
 */
import { constantScalar } from '../functions/constants.js';
import { abs, add, cast, div, max, mul } from '../functions/elementwise.js';
import { concat, dimensionOf, transpose } from '../functions/movement.js';
import { reduceMax, reduceSum } from '../functions/reduce.js';
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import type { Dimension, TensorType } from '../tensors/tensor.js';
import type { LoweringRule } from './lowering-rule.js';
import { integersByBlock, scalesByBlock } from './weights-by-block.js';

/** Unsigned: 128 stands for zero. */
const zero = 128;

/** A weight in another layout, made of the bytes of one that the graph had. */
export interface DerivedWeight {
  readonly from: string;
  /** In bytes. */
  readonly length: number;
  make(bytes: Uint8Array): Uint8Array;
}

/**
 * One rule per graph: what two products share is computed once. Weights that it needs are put into `derived`.
 */
export function integerProducts(derived: Map<string, DerivedWeight>): LoweringRule {
  const rounded = new Map<Tensor, RoundedBlocks>();
  const moved = new Map<Tensor, MovedWeight>();
  return ({ attributes, outputs }: GraphNode, inputs: readonly Tensor[]) => {
    const [x, integers, scales] = inputs as [Tensor, Tensor, Tensor];
    const { graph } = x;
    const [rows = 0, blocks = 0] = scales.shape.map(Number);
    const size = Number(attributes.block_size);
    const bits = attributes.bits === 8 ? 8 : 4;
    const activations = rounded.get(x) ?? roundedBlocks(x, blocks, size);
    rounded.set(x, activations);
    const weight = moved.get(integers) ?? movedWeight(integers, scales, [rows, blocks, size], bits, derived);
    moved.set(integers, weight);
    const products = made(
      graph,
      'MatMulInteger',
      [activations.numbers, weight.numbers, byte(graph, zero), byte(graph, 2 ** (bits - 1))],
      'int32',
      [blocks, 'vectors', rows],
    );
    const scaled = mul(mul(cast(products, 'float32'), weight.scales), activations.scales);
    return [reshapeLike(reduceSum(scaled, 0), x, outputs[0]!.shape)];
  };
}

interface MovedWeight {
  /** uint8 [blocks, size, rows] */
  readonly numbers: Tensor;
  /** float32 [blocks, 1, rows] */
  readonly scales: Tensor;
}

function movedWeight(
  integers: Tensor,
  scales: Tensor,
  sizes: readonly [rows: number, blocks: number, size: number],
  bits: 4 | 8,
  derived: Map<string, DerivedWeight>,
): MovedWeight {
  const { graph } = integers;
  const [rows, blocks, size] = sizes;
  const nameOf = ({ name }: Tensor): string => `${name} by block`;
  derived.set(nameOf(integers), {
    from: integers.name,
    length: rows * blocks * size,
    make: (bytes) => integersByBlock(bytes, sizes, bits),
  });
  derived.set(nameOf(scales), {
    from: scales.name,
    length: 4 * rows * blocks,
    make: (bytes) => scalesByBlock(bytes, rows, blocks),
  });
  return {
    numbers: graph.input(nameOf(integers), 'uint8', [blocks, size, rows]),
    scales: graph.input(nameOf(scales), 'float32', [blocks, 1, rows]),
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
