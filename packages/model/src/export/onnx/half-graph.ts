/**
 * Turns an exported float32 graph into one that stores and computes in float16, as transformers.js expects of
 * `fp16` files: the cache inputs and outputs are float16 too. Float32 remain the attention scores from their
 * mask to the softmax, the logits, and whatever meets a float32 value; kernels of norms sum in float32.
 */
import { cast, type GraphNode, rewriteGraph, type Tensor, type TensorType } from '@llm/graph';
import { bytesOf } from '../../weights/bytes-of.js';
import { halves } from '../../weights/halves.js';
import type { FloatWeight, WeightedGraph } from './onnx-graph.js';
import { elementCount, inFileOrder, type StoredGraph, type StoredWeight } from './stored-graph.js';

/** Operators whose inputs come down to float16 whatever they were. */
const alwaysHalf = new Set(['MatMul', 'MatMulNBits', 'Concat', 'Gather', 'GatherBlockQuantized']);
const alwaysSingle = new Set(['Softmax', 'Where']);

export function halfGraph({ graph, weights }: WeightedGraph): StoredGraph {
  // The last product makes the logits.
  const head = graph.nodes.findLast(({ operator }) => operator === 'MatMul' || operator === 'MatMulNBits');
  const rewritten = rewriteGraph(graph, {
    input: ({ name, type, shape }, into) => into.input(name, type === 'float32' ? 'float16' : type, shape),
    node: (node, inputs, into) => {
      const type = computedType(node, inputs);
      const converted = inputs.map((input) => (input === undefined ? undefined : as(type, input)));
      const outputs = into.node(node.operator, converted, node.attributes, {
        domain: node.domain,
        attributeKinds: node.attributeKinds,
        // Second outputs are statistics of normalisations, which nothing here reads.
        outputs: node.outputs.map((output, index) => ({
          type: output.type === 'float32' && index === 0 ? type : output.type,
          shape: output.shape,
        })),
      });
      return node === head ? [cast(outputs[0]!, 'float32')] : outputs;
    },
  });
  return { graph: rewritten, weights: storeFloat16(weights) };
}

function computedType({ operator }: GraphNode, inputs: readonly (Tensor | undefined)[]): TensorType {
  if (alwaysHalf.has(operator)) return 'float16';
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

function storeFloat16(weights: ReadonlyMap<string, FloatWeight>): Map<string, StoredWeight> {
  return new Map(
    [...weights].map(([name, weight]) => [
      name,
      { byteLength: 2 * elementCount(weight), read: () => bytesOf(halves(inFileOrder(weight), name)) },
    ]),
  );
}
