import { describe, expect, test } from 'vitest';
import type { ObjectiveNumbers } from '../fixtures/run-objective.js';
import { runObjective } from '../fixtures/run-objective.js';
import { clippedPolicyGradient } from './clipped-policy-gradient.js';

/** One position per (ratio, advantage), old log-probability −1. */
function positions(pairs: readonly (readonly [number, number])[]): ObjectiveNumbers {
  return {
    logProbabilities: pairs.map(([ratio]) => Math.log(ratio) - 1),
    weights: pairs.map(([, advantage]) => advantage),
    normalizer: 1,
    extra: { active: pairs.map(() => 1), oldLogProbabilities: pairs.map(() => -1) },
  };
}
const closeTo = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `position ${i}`).toBeCloseTo(value, 5);
};

describe('clippedPolicyGradient', () => {
  // Hand-computed: −min(ρA, clip(ρ)A); the gradient with
  // respect to log p is −ρA where the ratio decides, else 0.
  test.each([
    [1.5, 1, {}, -1.2, 0],
    [1.5, 1, { clipHigh: 0.28 }, -1.28, 0],
    [1.5, -1, {}, 1.5, 1.5],
    [0.5, 1, {}, -0.5, -0.5],
    [0.5, -1, {}, 0.8, 0],
    [1.1, 1, {}, -1.1, -1.1],
    [1, 2, {}, -2, -2],
    [5, -1, { ratioCeiling: 3 }, 3, 0],
    [5, -1, {}, 5, 5],
  ])(
    'ratio %f, advantage %f, %o: loss %f, gradient %f',
    async (ratio, advantage, options, loss, gradient) => {
      const result = await runObjective(clippedPolicyGradient(options), positions([[ratio, advantage]]));
      expect(result.loss).toBeCloseTo(loss, 5);
      closeTo(result.gradient, [gradient]);
    },
  );

  test('counts what was clipped, by side', async () => {
    const pairs = [
      [1.5, 1],
      [1.5, -1],
      [0.5, 1],
      [0.5, -1],
      [1, 1],
    ] as const;
    const { loss, metrics } = await runObjective(clippedPolicyGradient(), {
      ...positions(pairs),
      normalizer: 5,
    });
    expect(loss).toBeCloseTo((-1.2 + 1.5 - 0.5 + 0.8 - 1) / 5, 5);
    expect(metrics['clip_ratio/high_mean']).toBeCloseTo(1 / 5, 6);
    expect(metrics['clip_ratio/low_mean']).toBeCloseTo(1 / 5, 6);
    expect(metrics['clip_ratio/region_mean']).toBeCloseTo(2 / 5, 6);
    expect(metrics.ratio_mean).toBeCloseTo(5 / 5, 5);
  });

  test('k3: value, gradient 1 − exp(ref − log p), and no clipping at ratio 1', async () => {
    const differences = [0.1, -0.1, 1, -1];
    const expected = [0.00517092, 0.00483742, 0.71828183, 0.36787944];
    const numbers = {
      logProbabilities: [-2, -2, -2, -2],
      weights: [0, 0, 0, 0],
      normalizer: 4,
      extra: {
        active: [1, 1, 1, 1],
        oldLogProbabilities: [-2, -2, -2, -2],
        referenceLogProbabilities: differences.map((difference) => -2 + difference),
      },
    };
    const published = clippedPolicyGradient({ klCoefficient: 0.04, klBiasCorrection: false });
    const { loss, metrics, gradient } = await runObjective(published, numbers);
    const corrected = await runObjective(clippedPolicyGradient({ klCoefficient: 0.04 }), numbers);
    const mean = expected.reduce((a, b) => a + b, 0) / 4;
    expect(metrics.kl).toBeCloseTo(mean, 5);
    expect(loss).toBeCloseTo(0.04 * mean, 6);
    closeTo(
      gradient,
      differences.map((difference) => (0.04 * (1 - Math.exp(difference))) / 4),
    );
    // Times ρ the gradient is that of the reverse KL, log π − log ref, whose mean is not 0 at a drawn token.
    expect(corrected.loss).toBeCloseTo(loss, 6);
    closeTo(
      corrected.gradient,
      differences.map((difference) => (0.04 * -difference) / 4),
    );
  });

  test('the entropy bonus is exactly coefficient × mean entropy', async () => {
    const numbers = {
      ...positions([
        [1.1, 1],
        [0.9, -1],
      ]),
      normalizer: 5,
      entropy: [0.5, 1.5],
    };
    const extra = { ...numbers.extra, tokenShare: [0.5, 0.5] };
    const without = await runObjective(clippedPolicyGradient(), numbers);
    const bonus = await runObjective(clippedPolicyGradient({ entropyCoefficient: 0.3 }), {
      ...numbers,
      extra,
    });
    expect(bonus.metrics.entropy).toBeCloseTo(1, 6);
    expect((without.loss - bonus.loss) / 1).toBeCloseTo(0.3, 5);
    closeTo(bonus.entropyGradient, [-0.15, -0.15]);
    closeTo(without.entropyGradient, [0, 0]);
    const unmeasured = await runObjective(clippedPolicyGradient({ measureEntropy: false }), numbers);
    expect(unmeasured.metrics).not.toHaveProperty('entropy');
  });

  test('inactive positions count nowhere, however extreme their numbers', async () => {
    const { loss, metrics, gradient } = await runObjective(clippedPolicyGradient({ klCoefficient: 1 }), {
      logProbabilities: [-1, -1000, Number.NEGATIVE_INFINITY],
      weights: [1, 0, 0],
      normalizer: 1,
      entropy: [0.7, Number.NaN, 100],
      extra: {
        active: [1, 0, 0],
        oldLogProbabilities: [-1, 0, 0],
        referenceLogProbabilities: [-1, 0, 0],
      },
    });
    expect([loss, metrics.kl, metrics.ratio_mean, gradient[0]]).toEqual([-1, 0, 1, -1]);
    expect(metrics.entropy).toBeCloseTo(0.7, 6);
    closeTo(gradient.slice(1), [0, 0]);
  });

  test('nothing active: loss 0 and finite metrics', async () => {
    const numbers = { ...positions([[1, 0]]), extra: { active: [0], oldLogProbabilities: [0] } };
    const { loss, metrics } = await runObjective(clippedPolicyGradient(), numbers);
    expect([loss, ...Object.values(metrics)].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('the gradient agrees with finite differences of the value', async () => {
    const objective = clippedPolicyGradient({ klCoefficient: 0.5, clipHigh: 0.28 });
    const numbers = {
      ...positions([
        [1.1, 0.7],
        [0.85, -1.3],
        [1.4, 2],
        [0.6, -0.4],
      ]),
      normalizer: 3,
    };
    const extra = {
      ...numbers.extra,
      active: [1, 0.5, 1, 0.25],
      referenceLogProbabilities: [-0.8, -1.4, -0.9, -1],
    };
    const at = async (logProbabilities: readonly number[]) =>
      runObjective(objective, { ...numbers, extra, logProbabilities });
    const { gradient } = await at(numbers.logProbabilities);
    const step = 1e-2;
    for (const [i] of numbers.logProbabilities.entries()) {
      const moved = (sign: number) =>
        at(numbers.logProbabilities.map((p, j) => (i === j ? p + sign * step : p)));
      const slope = ((await moved(1)).loss - (await moved(-1)).loss) / (2 * step);
      expect(gradient[i]).toBeCloseTo(slope, 3);
    }
  });
});

test('coefficients that are no such numbers are refused by name', () => {
  for (const [option, value] of [
    ['clipLow', 1.2],
    ['clipLow', Number.NaN],
    ['clipHigh', -0.1],
    ['ratioCeiling', 0],
    ['klCoefficient', Number.NaN],
    ['entropyCoefficient', Number.POSITIVE_INFINITY],
  ] as const)
    expect(() => clippedPolicyGradient({ [option]: value })).toThrow(`${option} is ${value}`);
});
