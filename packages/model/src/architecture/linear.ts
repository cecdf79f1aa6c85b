/** y = x · Wᵀ (+ b), weight [out, in] as in every Hugging Face decoder but GPT-2. */
import { add, matMul, type Tensor } from '@llm/graph';
import type { Parameters } from './parameters.js';

/** `name` without `.weight`; the bias is added when there is one. */
export function linear(parameters: Parameters, name: string, x: Tensor): Tensor {
  const product = matMul(x, parameters.get(`${name}.weight`)!, { transposeB: true });
  const bias = parameters.get(`${name}.bias`);
  return bias === undefined ? product : add(product, bias);
}
