/**
 * Smear of nanochat: each embedding takes in a gated share of the embedding before it, so that the first
 * layer already sees pairs of tokens. How the previous one is found is left to whoever runs the stack: whole
 * sequences shift, cached generation carries it along.
 */
import { add, equal, mul, pad, reshape, sigmoid, slice, type Tensor, unsqueeze, where } from '@llm/graph';
import { smearGateWidth } from '../config/model-config.js';
import { smearGateName, smearScalarName } from '../weights/parameter-names.js';
import { multiply } from './linear.js';
import type { Parameters } from './parameters.js';

/** x + scalar · sigmoid(x[…, :24] · Wᵀ) · previous; all [..., width] */
export function smear(parameters: Parameters, x: Tensor, previous: Tensor): Tensor {
  const gate = sigmoid(multiply(parameters, smearGateName, slice(x, -1, 0, smearGateWidth)));
  return add(x, mul(mul(gate, parameters.get(smearScalarName)!), previous));
}

/**
 * x [rows · time, width] moved on by one position: zero at the beginning of a row, and of a segment where
 * there are `segments` int32 [rows, time].
 */
export function previousInSequence(
  x: Tensor,
  rows: number,
  time: number,
  segments: Tensor | undefined,
): Tensor {
  if (time === 1) return mul(x, 0);
  const shift = (grid: Tensor): Tensor => pad(slice(grid, 1, 0, time - 1), 1, 1, 0);
  const shifted = shift(reshape(x, [rows, time, x.shape.at(-1)!]));
  const within =
    segments === undefined ? shifted : where(unsqueeze(equal(segments, shift(segments)), 2), shifted, 0);
  return reshape(within, x.shape);
}
