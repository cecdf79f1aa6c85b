import { mul, type Tensor, tanh } from '@llm/graph';

/** cap · tanh(x / cap); without a cap, x (Gemma 2, after Bello et al. 2016). */
export function softcap(x: Tensor, cap: number | undefined): Tensor {
  return cap === undefined ? x : mul(tanh(mul(x, 1 / cap)), cap);
}
