/**
 * A float32 graph → one that computes in float16. Float32 remain the attention scores from their mask to the
 * softmax, whatever was cast to float32, and whatever meets a float32 value; kernels of norms sum in float32.
 */
import { cast, type Graph, type GraphNode, rewriteGraph, type Tensor, type TensorType } from '@llm/graph';
import { halves } from '../weights/halves.js';

/** Operators whose other inputs come down to float16 where one is. */
const pulledDown = new Set([
  'MatMul',
  'Gemm',
  'FusedMatMul',
  'MatMulNBits',
  'Concat',
  'Gather',
  'GatherBlockQuantized',
  'ScatterElements',
]);
const alwaysSingle = new Set(['Softmax', 'LogSoftmax', 'Where']);

export interface HalfPrecisionOptions {
  /** The type of an input of floats. */
  readonly inputType: (name: string) => 'float16' | 'float32';
  /** Its result becomes float32. */
  readonly head?: GraphNode | undefined;
}

export function halfPrecisionGraph(graph: Graph, { inputType, head }: HalfPrecisionOptions): Graph {
  return rewriteGraph(graph, {
    input: ({ name, type, shape }, into) =>
      into.input(name, type === 'float32' ? inputType(name) : type, shape),
    node: (node, inputs, into) => {
      if (node.operator === 'Cast') return undefined;
      const type = computedType(node, inputs);
      const converted = inputs.map((input) => (input === undefined ? undefined : as(type, input)));
      const outputs = into.node(node.operator, converted, node.attributes, {
        domain: node.domain,
        attributeKinds: node.attributeKinds,
        outputs: node.outputs.map((output) => ({
          type: output.type === 'float32' && !isStatistic(node, output) ? type : output.type,
          shape: output.shape,
        })),
      });
      return node === head ? [cast(outputs[0]!, 'float32')] : outputs;
    },
  });
}

/**
 * Statistics of normalisations, which nothing here reads, are of another shape; so may parts of a split be.
 */
function isStatistic({ operator, outputs }: GraphNode, { shape }: Tensor): boolean {
  return operator.endsWith('Normalization') && shape.join() !== outputs[0]!.shape.join();
}

function computedType({ operator }: GraphNode, inputs: readonly (Tensor | undefined)[]): TensorType {
  if (pulledDown.has(operator) && inputs.some((input) => input?.type === 'float16')) return 'float16';
  const single = inputs.some((input) => input?.type === 'float32' && input.constant === undefined);
  return single || alwaysSingle.has(operator) ? 'float32' : 'float16';
}

function as(type: TensorType, tensor: Tensor): Tensor {
  const isFloat = tensor.type === 'float32' || tensor.type === 'float16';
  if (!isFloat || tensor.type === type) return tensor;
  if (tensor.constant === undefined) return cast(tensor, type);
  const numbers = halves(tensor.constant as Float32Array, 'A constant of the graph');
  return tensor.graph.constant(numbers, tensor.shape as readonly number[]);
}
