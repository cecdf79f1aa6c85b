/**
 * How much better than its group an answer was: the baseline that replaces PPO's critic.
 *   none                      r                               REINFORCE (Williams 1992)
 *   batch, scale by batch     (r − mean of all) / (std + ε)   REINFORCE++ (Hu et al. 2025)
 *   mean, no scale            r − mean                        Dr. GRPO (Liu et al. 2025), nanochat
 *   mean, scale by group      (r − mean) / (std + ε)          GRPO (DeepSeekMath, Shao et al. 2024), TRL's default
 *   leave-one-out, no scale   r − mean of the others          RLOO (Ahmadian et al. 2024)
 * std is the sample standard deviation (ddof 1), as in TRL and verl.
 */
import { checkChoice, checkNumber, checkNumbers, LlmError } from '@llm/core';

export interface AdvantageOptions {
  /**
   * What is taken from a reward: nothing, the mean of its group, of the others in it, of all. Default `mean`.
   */
  readonly baseline?: 'none' | 'mean' | 'leave-one-out' | 'batch' | undefined;
  /** What to divide by: nothing, the group's standard deviation, or the batch's. Default `none`. */
  readonly scale?: 'none' | 'group' | 'batch' | undefined;
  /** Added to the standard deviation. Default 1e-4 (TRL; verl uses 1e-6). */
  readonly epsilon?: number | undefined;
}

export interface Advantages {
  /** [rewards.length] */
  readonly values: Float32Array;
  /** Share of groups whose rewards are all equal, 0…1: they teach nothing. */
  readonly zeroVarianceFraction: number;
  /** Sample standard deviation over the whole batch; 0 for a single reward. */
  readonly rewardDeviation: number;
  readonly rewardMean: number;
}

/**
 * `rewards` [groups × groupSize], a group's rewards next to each other; null where there is none: its
 * advantage is 0 and it counts in no mean. A group of one has no advantage over itself. Throws
 * `rl/group-size-invalid`, and `core/option-invalid` naming a reward that is no finite number.
 */
export function groupAdvantages(
  rewards: ArrayLike<number | null>,
  groupSize: number,
  options: AdvantageOptions = {},
): Advantages {
  if (!Number.isInteger(groupSize) || groupSize < 1 || rewards.length % groupSize !== 0) {
    throw new LlmError({
      code: 'rl/group-size-invalid',
      message: `${rewards.length} rewards do not divide into groups of ${groupSize}.`,
      details: { rewards: rewards.length, groupSize },
    });
  }
  const { baseline = 'mean', scale = 'none', epsilon = 1e-4 } = options;
  checkChoice('baseline', baseline, ['none', 'mean', 'leave-one-out', 'batch']);
  checkChoice('scale', scale, ['none', 'group', 'batch']);
  checkNumbers(options, { epsilon: { minimum: 0 } });
  const all = Array.from(rewards);
  for (const [index, reward] of all.entries()) if (reward !== null) checkNumber(`rewards[${index}]`, reward);
  const known = (list: readonly (number | null)[]): number[] => list.filter((reward) => reward !== null);
  const batch = moments(known(all));
  const values = new Float32Array(all.length);
  let tied = 0;
  for (let start = 0; start < all.length; start += groupSize) {
    const members = all.slice(start, start + groupSize);
    const group = known(members);
    const { mean, deviation } = moments(group);
    if (group.every((reward) => reward === group[0])) {
      tied++;
      // Rounding must not make an advantage out of none.
      if (baseline === 'mean' || baseline === 'leave-one-out') continue;
    }
    const divisor = scale === 'none' ? 1 : (scale === 'group' ? deviation : batch.deviation) + epsilon;
    // r − mean of the others = (r − mean) · n / (n − 1)
    const factor = baseline === 'leave-one-out' ? group.length / (group.length - 1) : 1;
    const expected = { none: 0, mean, 'leave-one-out': mean, batch: batch.mean }[baseline];
    for (const [i, reward] of members.entries())
      if (reward !== null) values[start + i] = ((reward - expected) * factor) / divisor;
  }
  return {
    values,
    zeroVarianceFraction: all.length === 0 ? 0 : tied / (all.length / groupSize),
    rewardDeviation: batch.deviation,
    rewardMean: batch.mean,
  };
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: 0 };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
