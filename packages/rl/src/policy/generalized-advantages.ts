/**
 * Generalised advantage estimation (Schulman et al. 2015) over the tokens of one answer, for PPO with a
 * critic:
 *   δ_t = r_t + γ V_{t+1} − V_t,  A_t = δ_t + γλ A_{t+1},  return_t = A_t + V_t
 * V after the last token is 0. Tokens that the policy did not choose are stepped over, as in verl: what comes
 * after a tool's answer follows what came before it.
 */
import { checkNumbers } from '@llm/core';

export interface GeneralizedAdvantagesOptions {
  /** γ: what a later reward is worth a token earlier. Default 1: an answer is short. */
  readonly discount?: number | undefined;
  /** λ: 1 trusts rewards alone, 0 the critic alone. Default 0.95 (TRL's PPO; verl has 1). */
  readonly lambda?: number | undefined;
}

/** Each [tokens]; 0 where `mask` is. */
export interface TokenAdvantages {
  readonly advantages: Float32Array;
  /** What the critic should have said. */
  readonly returns: Float32Array;
}

/** `rewards`, `values` and `mask` are [tokens]. Throws `core/option-invalid`. */
export function generalizedAdvantages(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  mask: ArrayLike<number>,
  options: GeneralizedAdvantagesOptions = {},
): TokenAdvantages {
  const range = { minimum: 0, maximum: 1 };
  checkNumbers(options, { discount: range, lambda: range });
  const { discount = 1, lambda = 0.95 } = options;
  const advantages = new Float32Array(mask.length);
  const returns = new Float32Array(mask.length);
  let [next, later] = [0, 0];
  for (let t = mask.length - 1; t >= 0; t--) {
    if (mask[t] === 0) continue;
    later = rewards[t]! + discount * next - values[t]! + discount * lambda * later;
    next = values[t]!;
    advantages[t] = later;
    returns[t] = later + next;
  }
  return { advantages, returns };
}

/** Mean 0 and deviation 1 over the tokens of all answers that the policy chose (ddof 1, as in verl). */
export function whitened(
  advantages: readonly Float32Array[],
  masks: readonly ArrayLike<number>[],
): Float32Array[] {
  let [count, sum] = [0, 0];
  const each = (visit: (value: number) => void): void => {
    for (const [i, values] of advantages.entries())
      for (const [t, value] of values.entries()) if (masks[i]![t] !== 0) visit(value);
  };
  each((value) => {
    count++;
    sum += value;
  });
  const mean = sum / Math.max(1, count);
  let squares = 0;
  each((value) => {
    squares += (value - mean) ** 2;
  });
  const scale = 1 / Math.sqrt(squares / Math.max(1, count - 1) + 1e-8);
  return advantages.map((values, i) =>
    values.map((value, t) => (masks[i]![t] === 0 ? 0 : (value - mean) * scale)),
  );
}
