import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { groupAdvantages } from './group-advantages.js';

const close = (actual: Float32Array, expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
};

describe('groupAdvantages', () => {
  // Hand-computed for rewards [1, 0, 0, 0]: mean 0.25, sample standard deviation 0.5.
  test.each([
    ['mean only (Dr. GRPO, nanochat)', {}, [0.75, -0.25, -0.25, -0.25]],
    ['TRL', { scale: 'group' as const }, [1.4997001, -0.4999, -0.4999, -0.4999]],
    ['verl', { scale: 'group' as const, epsilon: 1e-6 }, [1.499997, -0.499999, -0.499999, -0.499999]],
    ['RLOO', { baseline: 'leave-one-out' as const }, [1, -1 / 3, -1 / 3, -1 / 3]],
  ])('%s', (_, options, expected) => {
    const { values, zeroVarianceFraction } = groupAdvantages([1, 0, 0, 0], 4, options);
    close(values, expected);
    expect(zeroVarianceFraction).toBe(0);
  });

  test('groups are separate; tied ones are 0 and counted; a group of one is 0', () => {
    const report = groupAdvantages([1, 0, 1, 1, 0, 0], 2);
    close(report.values, [0.5, -0.5, 0, 0, 0, 0]);
    expect(report.zeroVarianceFraction).toBeCloseTo(2 / 3, 12);
    expect(report.rewardMean).toBe(0.5);
    expect(report.rewardDeviation).toBeCloseTo(Math.sqrt(6 * 0.25 * 0.2), 12);
    expect(groupAdvantages([3, 5], 1, { scale: 'group' }).values).toEqual(new Float32Array(2));
    // 0.1 three times has a mean that is not 0.1 in floating point: still exactly tied.
    expect(groupAdvantages([0.1, 0.1, 0.1], 3, { scale: 'group' }).values).toEqual(new Float32Array(3));
  });

  test('batch scale divides by the deviation of all rewards', () => {
    const { values, rewardDeviation } = groupAdvantages([1, 0, 3, 1], 2, { scale: 'batch', epsilon: 0 });
    close(
      values,
      [0.5, -0.5, 1, -1].map((value) => value / rewardDeviation),
    );
  });

  test('leave-one-out equals the definition, member by member', () => {
    const random = createRandom(4, 'rewards');
    const rewards = Array.from({ length: 12 }, () => random.uniform());
    const expected = rewards.map((reward, i) => {
      const others = rewards.slice(i - (i % 4), i - (i % 4) + 4).filter((_, j) => j !== i % 4);
      return reward - others.reduce((a, b) => a + b, 0) / 3;
    });
    close(groupAdvantages(rewards, 4, { baseline: 'leave-one-out' }).values, expected);
  });

  test('a batch that does not divide is an error', () => {
    expect(() => groupAdvantages([1, 2, 3], 2)).toThrow(/3 rewards do not divide into groups of 2/);
    expect(() => groupAdvantages([1], 0)).toThrow(/groups of 0/);
  });

  test('a reward that is no number is named by its place', () => {
    expect(() => groupAdvantages([1, Number.NaN], 2)).toThrow('rewards[1] is NaN');
    expect(() => groupAdvantages([1, '1' as unknown as number], 2)).toThrow('rewards[1] is "1"');
    expect(() => groupAdvantages([1, 2], 2, { epsilon: -1 })).toThrow('epsilon is -1');
    expect(() => groupAdvantages([1, 2], 2, { scale: 'std' as 'batch' })).toThrow('scale is "std"');
  });
});
