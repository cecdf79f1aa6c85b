/** A weight of integers among the parameters of a graph: tensors of its own under names of their own. */
import {
  dequantize,
  gather,
  gatherQuantized,
  type QuantizedMatrix,
  type Tensor,
  type TensorType,
} from '@llm/graph';
import { bytesOfIntegers, type IntegerForm, type QuantizedTensor } from '../weights/quantized-tensor.js';

/** By name. */
type Tensors = ReadonlyMap<string, Tensor>;

const integersOf = (name: string): string => `${name}.integers`;
const scalesOf = (name: string): string => `${name}.scales`;
const offsetsOf = (name: string): string => `${name}.offsets`;

export interface QuantizedPart {
  /** Of the graph's input. */
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** The tensor's own memory where the form lets it. */
  data(): Uint8Array | Float32Array;
}

/** What a weight consists of. */
export function quantizedParts(name: string, tensor: QuantizedTensor, form: IntegerForm): QuantizedPart[] {
  const { shape, blockSize, bits, scales, offsets } = tensor;
  const [rows = 0, columns = 0] = shape;
  const blocks = columns / blockSize;
  const bytes = form === 'stored' ? (blockSize * bits) / 8 : blockSize;
  const floats = (part: string, numbers: Float32Array): QuantizedPart => ({
    name: part,
    type: 'float32',
    shape: [rows, blocks],
    data: () => numbers,
  });
  return [
    {
      name: integersOf(name),
      type: 'uint8',
      shape: [rows, blocks, bytes],
      data: () => (form === 'stored' ? tensor.integers : bytesOfIntegers(tensor)),
    },
    floats(scalesOf(name), scales),
    ...(offsets === undefined ? [] : [floats(offsetsOf(name), offsets)]),
  ];
}

/** The matrix of that name, when it is one of integers. */
export function quantizedMatrix(
  parameters: Tensors,
  name: string,
  columns: number,
): QuantizedMatrix | undefined {
  const integers = parameters.get(integersOf(name));
  if (integers === undefined) return undefined;
  return {
    columns,
    integers,
    scales: parameters.get(scalesOf(name))!,
    offsets: parameters.get(offsetsOf(name)),
  };
}

/** Rows of a table [rows, columns]: indices int32 [...] → [..., columns] */
export function lookUp(parameters: Tensors, name: string, columns: number, indices: Tensor): Tensor {
  const matrix = quantizedMatrix(parameters, name, columns);
  return matrix === undefined ? gather(parameters.get(name)!, indices) : gatherQuantized(matrix, indices);
}

/** In float32, [rows, columns]. */
export function wholeWeight(parameters: Tensors, name: string, columns: number): Tensor {
  const matrix = quantizedMatrix(parameters, name, columns);
  return matrix === undefined ? parameters.get(name)! : dequantize(matrix);
}
