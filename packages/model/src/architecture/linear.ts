/** y = x · Wᵀ (+ b), weight [out, in] as in every Hugging Face decoder but GPT-2. */
import {
  add,
  div,
  matMul,
  matMulQuantized,
  mul,
  reduceSumSquare,
  split,
  sqrt,
  type Tensor,
  transpose,
} from '@llm/graph';
import { loraNames, loraScaleName } from '../weights/lora.js';
import { joinedName } from './joined-weights.js';
import type { Parameters } from './parameters.js';
import { quantizedMatrix } from './quantized-weight.js';

/** Where a graph keeps the same weight as [in, out]: a plain product, which every runtime and device has. */
export const transposedName = (name: string): string => `${name}.transposed`;

/** `name` without `.weight`; a bias and a LoRA adapter are added when there is one. */
export function linear(parameters: Parameters, name: string, x: Tensor): Tensor {
  return completed(parameters, name, x, multiply(parameters, `${name}.weight`, x));
}

/** The product with the adapter's part and the bias. */
function completed(parameters: Parameters, name: string, x: Tensor, y: Tensor): Tensor {
  const product = adapted(parameters, name, x, y);
  const bias = parameters.get(`${name}.bias`);
  return bias === undefined ? product : add(product, bias);
}

/** Several layers of one input, to so many numbers each: a single product where their weights are joined. */
export function linears(
  parameters: Parameters,
  names: readonly string[],
  widths: readonly number[],
  x: Tensor,
): Tensor[] {
  const joined = joinedName(names);
  if (!hasWeight(parameters, joined)) return names.map((name) => linear(parameters, name, x));
  const parts = split(multiply(parameters, joined, x), -1, widths);
  return names.map((name, index) => completed(parameters, name, x, parts[index]!));
}

/** The product with the joined weights, where there are any and nothing is added to a part of it. */
export function undividedLinears(
  parameters: Parameters,
  names: readonly string[],
  x: Tensor,
): Tensor | undefined {
  const isMore = (name: string): boolean =>
    parameters.has(`${name}.bias`) || parameters.has(loraNames(name).a);
  const joined = joinedName(names);
  return hasWeight(parameters, joined) && !names.some(isMore) ? multiply(parameters, joined, x) : undefined;
}

/** Whether there is a weight of that full name, of floats as it is or as [in, out], or of integers. */
const hasWeight = (parameters: Parameters, name: string): boolean =>
  [name, transposedName(name)].some((kept) => parameters.has(kept)) ||
  quantizedMatrix(parameters, name, 0) !== undefined;

/** x · Wᵀ for the weight of that full name. */
export function multiply(parameters: Parameters, name: string, x: Tensor): Tensor {
  const quantized = quantizedMatrix(parameters, name, Number(x.shape.at(-1)));
  if (quantized !== undefined) return matMulQuantized(x, quantized);
  const transposed = parameters.get(transposedName(name));
  if (transposed !== undefined) return matMul(x, transposed);
  return matMul(x, parameters.get(name)!, { transposeB: true });
}

/** y + scale · x Aᵀ Bᵀ, in DoRA times m / ‖V‖; without an adapter of that name, y. */
function adapted(parameters: Parameters, name: string, x: Tensor, y: Tensor): Tensor {
  const { a, b, magnitude } = loraNames(name);
  if (!parameters.has(a)) return y;
  const inner = mul(multiply(parameters, a, x), parameters.get(loraScaleName)!);
  const product = add(y, multiply(parameters, b, inner));
  const wanted = parameters.get(magnitude);
  return wanted === undefined ? product : mul(product, div(wanted, directionLengths(parameters, name)));
}

/** ‖W + scale · B A‖ of each row, [out], for the gradient a constant. */
function directionLengths(parameters: Parameters, name: string): Tensor {
  const { a, b } = loraNames(name);
  const scale = parameters.get(loraScaleName)!;
  const [first, second] = [factor(parameters, a), factor(parameters, b)];
  const weight = factor(parameters, `${name}.weight`);
  return scale.graph.composite(
    [first, second, weight],
    () => [sqrt(reduceSumSquare(add(weight, mul(matMul(second, first), scale)), 1))],
    'zero',
  )[0]!;
}

/** A weight as [out, in], however the graph keeps it. */
function factor(parameters: Parameters, name: string): Tensor {
  const kept = parameters.get(name);
  return kept ?? transpose(parameters.get(transposedName(name))!);
}
