/** sg[x]: a value that the differentiator takes for a constant, as `detach()` in PyTorch. */
import { mul, type Tensor } from '@llm/graph';

export function stopGradient(x: Tensor): Tensor {
  return x.graph.composite([x], () => [mul(x, 1)], 'zero')[0]!;
}
