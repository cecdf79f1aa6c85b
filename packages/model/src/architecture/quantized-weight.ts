/** A weight of integers among the parameters of a graph: tensors of its own under names of their own. */
import {
  dequantize,
  gather,
  gatherQuantized,
  type QuantizedMatrix,
  type Tensor,
  type TensorType,
} from '@llm/graph';
import {
  bytesOfIntegers,
  hasOffsets,
  type IntegerForm,
  type IntegerMatrix,
  numbersOf,
  type QuantizedTensor,
} from '../weights/quantized-tensor.js';
import type { ScratchMemory } from '../weights/scratch-memory.js';

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
  /** The tensor's own memory where it is held and the form lets it. */
  data(): Uint8Array | Float32Array;
}

/** What a weight consists of; in `memory` where it is read for a moment. */
export function quantizedParts(
  name: string,
  matrix: IntegerMatrix,
  form: IntegerForm,
  memory?: ScratchMemory,
): QuantizedPart[] {
  const { shape, blockSize, bits } = matrix;
  const numbers = heldFor(hasOffsets(matrix) ? 3 : 2, () => numbersOf(matrix, memory));
  const [rows = 0, columns = 0] = shape;
  const blocks = columns / blockSize;
  const bytes = form === 'stored' ? (blockSize * bits) / 8 : blockSize;
  const floats = (part: string, data: () => Float32Array): QuantizedPart => ({
    name: part,
    type: 'float32',
    shape: [rows, blocks],
    data,
  });
  return [
    {
      name: integersOf(name),
      type: 'uint8',
      shape: [rows, blocks, bytes],
      data: () => (form === 'stored' ? numbers().integers : bytesOfIntegers(numbers())),
    },
    floats(scalesOf(name), () => numbers().scales),
    ...(hasOffsets(matrix) ? [floats(offsetsOf(name), () => numbers().offsets!)] : []),
  ];
}

/** Parts of one matrix are asked for one after the other: it is read once, and held until the last has it. */
function heldFor(parts: number, read: () => QuantizedTensor): () => QuantizedTensor {
  let held: QuantizedTensor | undefined;
  let asked = 0;
  return () => {
    const numbers = held ?? read();
    held = ++asked % parts === 0 ? undefined : numbers;
    return numbers;
  };
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
