/**
 * `q8`: weights in 8 bits by row, activations rounded to 8 bits by token while the model runs (Yao et al.
 * 2022, ZeroQuant), products by MatMulInteger. Only operators of standard ONNX. Chosen over MatMulNBits with
 * 8 bits, which is a fifth faster on CPU but in WASM unpacks the weights again at every token. Norms, biases
 * and learned positions stay float32.
 */
import {
  abs,
  add,
  cast,
  constantScalar,
  div,
  type Graph,
  gather,
  max,
  mul,
  reduceMax,
  rewriteGraph,
  sub,
  type Tensor,
  transpose,
  unsqueeze,
} from '@llm/graph';
import { bytesOf } from '../../weights/bytes-of.js';
import type { FloatWeight, WeightedGraph } from './onnx-graph.js';
import { type QuantizedRows, quantizeRows } from './quantize-rows.js';
import { type StoredGraph, type StoredWeight, storeFloat32 } from './stored-graph.js';
import { weightReadBy } from './weight-readers.js';

/** Unsigned integers, 128 stands for zero: every processor multiplies unsigned bytes without overflow. */
const zero = 128;

interface RowQuantizedInput {
  /** uint8, in the order of the file: [out, in] or [in, out] */
  readonly integers: Tensor;
  /** float32 [out] */
  readonly scales: Tensor;
}

export function rowQuantizedGraph({ graph, weights }: WeightedGraph): StoredGraph {
  const names = new Set(graph.nodes.flatMap((node) => weightReadBy(node, weights) ?? []));
  const stored = new Map<string, StoredWeight>(
    storeFloat32(new Map([...weights].filter(([name]) => !names.has(name)))),
  );
  const inputs = new Map<string, RowQuantizedInput>();
  const activations = new Map<Tensor, { integers: Tensor; scales: Tensor }>();
  const rewritten = rewriteGraph(graph, {
    input: ({ name }) => (names.has(name) ? null : undefined),
    node: (node, [x, indices], into) => {
      const name = weightReadBy(node, weights);
      if (name === undefined) return undefined;
      const weight = weights.get(name)!;
      const input = inputs.get(name) ?? addWeight(into, name, weight, stored);
      inputs.set(name, input);
      if (node.operator === 'Gather') return [lookUp(input, indices!)];
      const activation = activations.get(x!) ?? roundedByToken(x!);
      activations.set(x!, activation);
      const matrix = weight.transposed ? input.integers : transpose(input.integers, [1, 0]);
      const zeroPoint = cast(constantScalar(into, zero), 'uint8');
      const product = into.node(
        'MatMulInteger',
        [activation.integers, matrix, zeroPoint, zeroPoint],
        {},
        {
          outputs: [{ type: 'int32', shape: node.outputs[0]!.shape }],
        },
      )[0]!;
      return [mul(mul(cast(product, 'float32'), activation.scales), input.scales)];
    },
  });
  return { graph: rewritten, weights: stored };
}

/** [..., width] → integers [..., width], scales [..., 1] */
function roundedByToken(x: Tensor): { integers: Tensor; scales: Tensor } {
  const scales = max(mul(reduceMax(abs(x), -1, { keepDimensions: true }), 1 / 127), 1e-30);
  const rounded = x.graph.node('Round', [div(x, scales)], {}, { outputs: [x] })[0]!;
  return { integers: cast(add(rounded, zero), 'uint8'), scales };
}

function lookUp({ integers, scales }: RowQuantizedInput, indices: Tensor): Tensor {
  const values = sub(cast(gather(integers, indices), 'float32'), zero);
  return mul(values, unsqueeze(gather(scales, indices), -1));
}

function addWeight(
  into: Graph,
  name: string,
  { tensor, transposed }: FloatWeight,
  stored: Map<string, StoredWeight>,
): RowQuantizedInput {
  const [rows = 0, columns = 0] = tensor.shape;
  const integers = into.input(`${name}.integers`, 'uint8', transposed ? [columns, rows] : [rows, columns]);
  const scales = into.input(`${name}.scales`, 'float32', [rows]);
  // The two are written one after the other: the scales find the work done.
  let last: QuantizedRows | undefined;
  stored.set(integers.name, {
    byteLength: rows * columns,
    read: () => {
      last = quantizeRows(tensor.data, columns);
      return transposed
        ? unsignedTransposed(last.values, columns)
        : Uint8Array.from(last.values, (q) => q + zero);
    },
  });
  stored.set(scales.name, {
    byteLength: 4 * rows,
    read: () => {
      const result = (last ?? quantizeRows(tensor.data, columns)).scales;
      last = undefined;
      return bytesOf(result);
    },
  });
  return { integers, scales };
}

function unsignedTransposed(values: Int8Array, columns: number): Uint8Array {
  const rows = values.length / columns;
  const result = new Uint8Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = values[row * columns + column]! + zero;
  return result;
}
