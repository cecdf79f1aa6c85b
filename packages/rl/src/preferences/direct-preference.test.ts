import { describe, expect, test } from 'vitest';
import { runObjective } from '../fixtures/run-objective.js';
import { bradleyTerry } from './bradley-terry.js';
import { type DirectPreferenceOptions, directPreference } from './direct-preference.js';
import { orpo, simpo } from './reference-free.js';

// One pair, two positions a row; sequence sums: policy −10 and −12, reference −11 and −11.5. The fifth
// position of each row is padding with absurd numbers.
const pair = {
  rows: 2,
  logProbabilities: [-4, -6, -999, -5, -7, Number.NEGATIVE_INFINITY],
  weights: [1, 1, 0, 1, 1, 0],
  normalizer: 1,
  extra: { referenceLogProbabilities: [-5, -6, 0, -5.5, -6, 0] },
};

describe('directPreference', () => {
  // Hand-computed for β 0.1, Δ = 1.5.
  test.each<[DirectPreferenceOptions, number]>([
    [{}, 0.62095705],
    [{ form: 'hinge' }, 0.85],
    [{ form: 'ipo', averaged: false }, 12.25],
    // Means over two tokens: Δ̄ = 0.75.
    [{ form: 'ipo' }, (0.75 - 5) ** 2],
    [{ form: 'sigmoid_norm' }, Math.log1p(Math.exp(-0.075))],
    [{ form: 'apo_zero' }, 1 - 1 / (1 + Math.exp(-0.1)) + 1 / (1 + Math.exp(0.05))],
    [{ form: 'robust', labelSmoothing: 0.1 }, 0.60220705],
    [{ form: 'sigmoid', labelSmoothing: 0.1 }, 0.63595705],
  ])('%o: %f', async (options, expected) => {
    const { loss, metrics } = await runObjective(directPreference(options), pair);
    expect(loss).toBeCloseTo(expected, 5);
    expect(metrics['rewards/chosen']).toBeCloseTo(0.1, 6);
    expect(metrics['rewards/rejected']).toBeCloseTo(-0.05, 6);
    expect(metrics['rewards/margins']).toBeCloseTo(0.15, 6);
    expect(metrics['rewards/accuracies']).toBe(1);
  });

  test('starts at ln 2 and pulls −β/2 on each chosen token, +β/2 on each rejected one', async () => {
    const same = { ...pair, logProbabilities: [-5, -6, 0, -5.5, -6, 0] };
    const { loss, gradient, metrics } = await runObjective(directPreference(), same);
    expect(loss).toBeCloseTo(Math.LN2, 6);
    expect(metrics['rewards/accuracies']).toBe(0);
    for (const [i, expected] of [-0.05, -0.05, 0, 0.05, 0.05, 0].entries()) {
      expect(gradient[i]).toBeCloseTo(expected, 6);
    }
  });

  test('the mean over pairs', async () => {
    const twice = {
      rows: 4,
      normalizer: 2,
      logProbabilities: [-10, -12, -12, -10],
      weights: [1, 1, 1, 1],
      extra: { referenceLogProbabilities: [-11, -11.5, -11.5, -11] },
    };
    const { loss, metrics } = await runObjective(directPreference(), twice);
    const negativeLogSigmoid = (x: number): number => Math.log1p(Math.exp(-x));
    expect(loss).toBeCloseTo((negativeLogSigmoid(0.15) + negativeLogSigmoid(-0.15)) / 2, 5);
    expect(metrics['rewards/accuracies']).toBe(0.5);
  });
});

test('orpo stays a number where an answer is certain', async () => {
  const certain = { rows: 2, logProbabilities: [0, -2], weights: [1, 1], normalizer: 1 };
  const { loss, gradient } = await runObjective(orpo(), certain);
  expect([loss, ...gradient].every(Number.isFinite)).toBe(true);
});

describe('bradleyTerry', () => {
  // Hand-computed for scores 1.5 and 0.5; scores are written as weights × log p.
  const scores = { rows: 2, logProbabilities: [-1.5, -0.5], weights: [-1, -1], normalizer: 1 };
  test('value, margin and centring', async () => {
    expect((await runObjective(bradleyTerry({ score: 'tokens' }), scores)).loss).toBeCloseTo(0.31326169, 6);
    const withMargin = { ...scores, extra: { margin: [1 / 3, 0] } };
    expect(
      (await runObjective(bradleyTerry({ score: 'tokens', margin: true }), withMargin)).loss,
    ).toBeCloseTo(0.41437009, 6);
    expect(
      (await runObjective(bradleyTerry({ score: 'tokens', centerCoefficient: 0.01 }), scores)).loss,
    ).toBeCloseTo(0.35326169, 6);
  });

  test('gradient is the probability of being wrong, with opposite signs', async () => {
    const { gradient } = await runObjective(bradleyTerry({ score: 'tokens' }), scores);
    const wrong = 1 / (1 + Math.exp(1));
    // d score / d log p is −1 here.
    expect(gradient[0]).toBeCloseTo(wrong, 6);
    expect(gradient[1]).toBeCloseTo(-wrong, 6);
  });
});

test('coefficients that are no such numbers are refused by name', () => {
  expect(() => directPreference({ beta: 0 })).toThrow('beta is 0; it must be a number above 0.');
  expect(() => directPreference({ beta: Number.NaN })).toThrow('beta is NaN');
  // Dividing by 1 − 2ε.
  expect(() => directPreference({ form: 'robust', labelSmoothing: 0.5 })).toThrow('labelSmoothing is 0.5');
  expect(() => directPreference({ form: 'simpo' as 'hinge' })).toThrow('form is "simpo"');
  expect(() => directPreference({ form: 'hinge', labelSmoothing: 0.1 })).toThrow(
    'which "hinge" does not read',
  );
  expect(() => directPreference({ averaged: false })).toThrow('averaged is false');
  expect(() => directPreference({ form: 'exo_pair', labelSmoothing: 0 })).toThrow('labelSmoothing is 0');
  expect(() => simpo({ gamma: -1 })).toThrow('gamma is -1');
  expect(() => bradleyTerry({ centerCoefficient: -1 })).toThrow('centerCoefficient is -1');
});
