/**
 * `q4`: layers in blocks of 4-bit integers, the embedding and the head, on which a small model depends most,
 * in blocks of 8-bit ones. Products become MatMulNBits, the lookup GatherBlockQuantized, both of ONNX
 * Runtime's `com.microsoft` domain: fast on CPU and WebGPU, slow in WASM. Norms, biases and learned positions
 * stay float, as does an embedding whose width is no multiple of 32.
 */
import { type Graph, rewriteGraph, type Tensor } from '@llm/graph';
import { halfToFloat } from '../../weights/half-precision.js';
import { embeddingName } from '../../weights/parameter-names.js';
import {
  bitsInQ4,
  blockSize,
  type QuantizedBits,
  type QuantizedMatrix,
  quantizeMatrix,
} from '../../weights/quantize-blocks.js';
import { packNibbles } from '../../weights/quantized-tensor.js';
import type { FloatWeight, WeightedGraph } from './onnx-graph.js';
import type { StoredWeight } from './stored-graph.js';
import { weightReadBy } from './weight-readers.js';

export interface BlockQuantizedGraph extends WeightedGraph {
  /** Input name → packed integers. Their scales are among `weights`. */
  readonly packed: ReadonlyMap<string, StoredWeight>;
}

interface BlockQuantizedInput {
  readonly bits: QuantizedBits;
  /** uint8 [out, blocks, bytes of a block] */
  readonly integers: Tensor;
  /** float32 [out, blocks] */
  readonly scales: Tensor;
}

/** Activations of a product are rounded to 8 bits by block, where the processor has a kernel for it. */
const accuracyLevel = 4;

export function blockQuantizedGraph({ graph, weights }: WeightedGraph): BlockQuantizedGraph {
  const names = quantizedNames(graph, weights);
  const remaining = new Map([...weights].filter(([name]) => !names.has(name)));
  const packed = new Map<string, StoredWeight>();
  const inputs = new Map<string, BlockQuantizedInput>();
  const rewritten = rewriteGraph(graph, {
    input: ({ name }) => (names.has(name) ? null : undefined),
    node: (node, [x, indices], into) => {
      const name = weightReadBy(node, weights);
      if (name === undefined || !names.has(name)) return undefined;
      const [rows = 0, columns = 0] = weights.get(name)!.tensor.shape;
      const input = inputs.get(name) ?? addWeight(into, name, weights.get(name)!, remaining, packed);
      inputs.set(name, input);
      const { integers, scales, bits } = input;
      const options = { domain: 'com.microsoft', outputs: node.outputs };
      if (node.operator === 'MatMul')
        return into.node(
          'MatMulNBits',
          [x, integers, scales],
          { K: columns, N: rows, bits, block_size: blockSize, accuracy_level: accuracyLevel },
          options,
        );
      return into.node(
        'GatherBlockQuantized',
        [rowsOfBytes(integers), indices, scales],
        { gather_axis: 0, quantize_axis: 1, block_size: blockSize, bits },
        options,
      );
    },
  });
  return { graph: rewritten, weights: remaining, packed };
}

function quantizedNames(graph: Graph, weights: ReadonlyMap<string, FloatWeight>): Set<string> {
  const names = new Set(graph.nodes.flatMap((node) => weightReadBy(node, weights) ?? []));
  if (weights.get(embeddingName)!.tensor.shape[1]! % blockSize !== 0) names.delete(embeddingName);
  return names;
}

/** [rows, blocks, bytes] → [rows, blocks · bytes] */
function rowsOfBytes(integers: Tensor): Tensor {
  const [rows = 0, blocks = 0, bytes = 0] = integers.shape.map(Number);
  const shape = integers.graph.constant(BigInt64Array.of(BigInt(rows), -1n));
  const outputs = [{ type: 'uint8', shape: [rows, blocks * bytes] }] as const;
  return integers.graph.node('Reshape', [integers, shape], {}, { outputs })[0]!;
}

function addWeight(
  into: Graph,
  name: string,
  { tensor }: FloatWeight,
  weights: Map<string, FloatWeight>,
  packed: Map<string, StoredWeight>,
): BlockQuantizedInput {
  const [rows = 0, columns = 0] = tensor.shape;
  const bits = bitsInQ4(name);
  const blocks = Math.ceil(columns / blockSize);
  const blockBytes = (blockSize * bits) / 8;
  const integers = into.input(`${name}.integers`, 'uint8', [rows, blocks, blockBytes]);
  const scales = into.input(`${name}.scales`, 'float32', [rows, blocks]);
  // The two are written one after the other: the scales find the work done.
  let last: QuantizedMatrix | undefined;
  packed.set(integers.name, {
    byteLength: rows * blocks * blockBytes,
    read: () => {
      last = quantizeMatrix(tensor.data, columns, bits);
      const integers = Uint8Array.from(last.values, (q) => q + 2 ** (bits - 1));
      return bits === 4 ? packNibbles(integers) : integers;
    },
  });
  const scaleTensor = {
    shape: [rows, blocks],
    get data() {
      const halves = (last ?? quantizeMatrix(tensor.data, columns, bits)).scales;
      last = undefined;
      return Float32Array.from(halves, halfToFloat);
    },
  };
  weights.set(scales.name, { tensor: scaleTensor, transposed: false });
  return { bits, integers, scales };
}
