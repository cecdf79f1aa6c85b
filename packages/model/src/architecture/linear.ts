/** y = x · Wᵀ (+ b), weight [out, in] as in every Hugging Face decoder but GPT-2. */
import { add, matMul, mul, split, type Tensor } from '@llm/graph';
import { loraNames, loraScaleName } from '../weights/lora.js';
import { joinedName } from './joined-weights.js';
import type { Parameters } from './parameters.js';

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

/** Several layers of one input: a single product where their weights are joined. */
export function linears(parameters: Parameters, names: readonly string[], x: Tensor): Tensor[] {
  const joined = parameters.get(joinedName(names));
  if (joined === undefined) return names.map((name) => linear(parameters, name, x));
  const widths = names.map((name) => Number(parameters.get(`${name}.weight`)!.shape[0]));
  const parts = split(matMul(x, joined, { transposeB: true }), -1, widths);
  return names.map((name, index) => completed(parameters, name, x, parts[index]!));
}

/** x · Wᵀ for the weight of that full name. */
export function multiply(parameters: Parameters, name: string, x: Tensor): Tensor {
  const transposed = parameters.get(transposedName(name));
  if (transposed !== undefined) return matMul(x, transposed);
  return matMul(x, parameters.get(name)!, { transposeB: true });
}

/** y + scale · x Aᵀ Bᵀ; without an adapter of that name, y. */
function adapted(parameters: Parameters, name: string, x: Tensor, y: Tensor): Tensor {
  const { a, b } = loraNames(name);
  if (!parameters.has(a)) return y;
  const inner = mul(multiply(parameters, a, x), parameters.get(loraScaleName)!);
  return add(y, multiply(parameters, b, inner));
}
