/** y = x · Wᵀ (+ b), weight [out, in] as in every Hugging Face decoder but GPT-2. */
import { add, matMul, type Tensor } from '@llm/graph';
import type { Parameters } from './parameters.js';

/** Where a graph keeps the same weight as [in, out]: a plain product, which every runtime and device has. */
export const transposedName = (name: string): string => `${name}.transposed`;

/** `name` without `.weight`; the bias is added when there is one. */
export function linear(parameters: Parameters, name: string, x: Tensor): Tensor {
  const product = multiply(parameters, `${name}.weight`, x);
  const bias = parameters.get(`${name}.bias`);
  return bias === undefined ? product : add(product, bias);
}

/** x · Wᵀ for the weight of that full name. */
export function multiply(parameters: Parameters, name: string, x: Tensor): Tensor {
  const transposed = parameters.get(transposedName(name));
  if (transposed !== undefined) return matMul(x, transposed);
  return matMul(x, parameters.get(name)!, { transposeB: true });
}
