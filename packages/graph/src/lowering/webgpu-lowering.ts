/**
 * Replacements for operators without a kernel, or with a wrong one, in ONNX Runtime's native WebGPU provider
 * (1.30). Indices must be int32 there: 64-bit integers stay on the CPU.
 */
import {
  add,
  cast,
  greater,
  less,
  logicalAnd,
  logicalNot,
  mul,
  pow,
  reciprocal,
  sqrt,
  sub,
} from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { expand, split, transpose } from '../functions/movement.js';
import { reduceLogSumExp, reduceMean } from '../functions/reduce.js';
import type { GraphNode, Tensor } from '../graph/graph.js';
import { sameShape } from '../tensors/shape.js';
import type { LoweringRule } from './lowering-rule.js';
import { longRowProduct, longSumOfSquares } from './webgpu-long-sums.js';

/** Swaps the last two axes. */
function matrixTranspose(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return transpose(x, [...axes.slice(0, -2), last, last - 1]);
}

/**
 * Matrices are turned first and scaled after: Gemm, which would do both itself, takes about twice as long
 * there (a step of 176 M parameters on an H100: 837 ms instead of 1,062).
 */
function fusedMatMul(node: GraphNode, inputs: readonly Tensor[]): readonly Tensor[] {
  const [a, b] = inputs as [Tensor, Tensor];
  const { transA = 0, transB = 0, alpha = 1 } = node.attributes as Record<string, number>;
  const [left, right] = [transA === 1 ? matrixTranspose(a) : a, transB === 1 ? matrixTranspose(b) : b];
  const product = longRowProduct(left, right) ?? matMul(left, right);
  return [alpha === 1 ? product : mul(product, alpha)];
}

/** The kernel fails to compile when both sides broadcast; a number as exponent is fine. */
function power(node: GraphNode, inputs: readonly Tensor[]): readonly Tensor[] {
  const { shape } = node.outputs[0]!;
  const [base, exponent] = inputs.map((input) =>
    input.shape.length === 0 || sameShape(input.shape, shape) ? input : expand(input, shape),
  );
  return [pow(base!, exponent!)];
}

/** The kernel returns the mean as second output instead of the inverse deviation, which is computed here. */
function rootMeanSquare(node: GraphNode, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = inputs[0]!;
  const [normalized] = x.graph.node(node.operator, inputs, node.attributes);
  const meanSquare = reduceMean(mul(x, x), -1, { keepDimensions: true });
  return [normalized!, reciprocal(sqrt(add(meanSquare, Number(node.attributes.epsilon ?? 1e-5))))];
}

/** WebGPU promises a shader eight buffers, and the kernel binds its input and every output at once. */
const partsAtOnce = 7;

/** Many parts are cut out of at most seven larger ones. */
function splitByBuffers(node: GraphNode, inputs: readonly Tensor[]): readonly Tensor[] {
  const axis = Number(node.attributes.axis ?? 0);
  const sizes = node.outputs.map((part) => Number(part.shape[axis]));
  const cut = (x: Tensor, parts: readonly number[]): Tensor[] => {
    if (parts.length <= partsAtOnce) return split(x, axis, parts);
    const count = Math.ceil(parts.length / partsAtOnce);
    const groups: number[][] = [];
    for (let at = 0; at < parts.length; at += count) groups.push(parts.slice(at, at + count));
    const totals = groups.map((group) => group.reduce((sum, size) => sum + size, 0));
    return split(x, axis, totals).flatMap((group, index) => cut(group, groups[index]!));
  };
  return cut(inputs[0]!, sizes);
}

const only = (tensor: Tensor | undefined): readonly Tensor[] | undefined => tensor && [tensor];

export const webgpuLowering: Readonly<Record<string, LoweringRule>> = {
  FusedMatMul: fusedMatMul,
  MatMul: (_, [a, b]) => only(longRowProduct(a!, b!)),
  ReduceSumSquare: longSumOfSquares,
  Pow: power,
  Split: splitByBuffers,
  SimplifiedLayerNormalization: rootMeanSquare,
  LogSoftmax: (node, inputs) => {
    const x = inputs[0]!;
    return [sub(x, reduceLogSumExp(x, Number(node.attributes.axis ?? -1), { keepDimensions: true }))];
  },
  Sign: (_, inputs) => {
    const x = inputs[0]!;
    return [sub(cast(greater(x, 0), x.type), cast(less(x, 0), x.type))];
  },
  Or: (_, inputs) => {
    const [a, b] = inputs as [Tensor, Tensor];
    return [logicalNot(logicalAnd(logicalNot(a), logicalNot(b)))];
  },
};
