/**
 * The loss of PPO's critic (Schulman et al. 2017; TRL's former PPO, verl): with v what the scalar head says
 * before a token, v_old what it said when the answer was sampled, and the return R,
 *   ½ max((v − R)², (clip(v, v_old − range, v_old + range) − R)²)
 */
import { checkNumbers } from '@llm/core';
import type { Objective } from '@llm/graph';
import { add, clip, div, greater, max, mul, pow, reduceSum, sub, where } from '@llm/graph';

export interface ClippedValueLossOptions {
  /** Default 0.2; verl has 0.5. */
  readonly range?: number | undefined;
}

/**
 * `weights` are 1 on the policy's tokens, `normalizer` is their number. Extra inputs: `oldValues`, `returns`.
 * Metrics: `value_loss`, `value_clip_ratio`, `value_mean`. Throws `core/option-invalid`.
 */
export function clippedValueLoss(options: ClippedValueLossOptions = {}): Objective {
  checkNumbers(options, { range: { above: 0 } });
  const { range = 0.2 } = options;
  return {
    name: 'clipped-value-loss',
    extraInputs: ['oldValues', 'returns'],
    build: ({ values, weights, normalizer, extra }) => {
      const isUsed = greater(weights, 0);
      const value = where(isUsed, values(), 0);
      const old = extra.oldValues!;
      const error = (of: typeof value) => pow(sub(of, extra.returns!), 2);
      const plain = error(value);
      const near = error(add(old, clip(sub(value, old), -range, range)));
      const one = weights.graph.constant([1], []);
      const count = max(reduceSum(weights), 1);
      const mean = (of: typeof value) => div(reduceSum(mul(of, weights)), count);
      const losses = mul(max(plain, near), 0.5);
      return {
        loss: div(reduceSum(mul(losses, weights)), normalizer),
        metrics: {
          value_loss: mean(losses),
          value_clip_ratio: mean(where(greater(near, plain), one, 0)),
          value_mean: mean(value),
        },
      };
    },
  };
}
