import { expect, test } from 'vitest';
import { learningRateAt } from './learning-rate-schedule.js';

test('trapezoid: warm-up, plateau, linear fall to the final share', () => {
  const schedule = {
    shape: 'trapezoid',
    peak: 2,
    steps: 101,
    warmUpSteps: 4,
    warmDownShare: 0.5,
    finalShare: 0.1,
  } as const;
  const at = (step: number): number => learningRateAt(schedule, step);
  expect([0, 1, 3, 4, 50].map(at)).toEqual([0.5, 1, 2, 2, 2]);
  // The fall begins at step 51 (round(101 · 0.5)) and reaches 0.1 · 2 at step 100.
  expect(at(100)).toBeCloseTo(0.2, 12);
  expect(at(75)).toBeCloseTo(2 * (0.1 + 0.9 * (1 - 24 / 49)), 12);
});

test('cosine is half way at the middle and ends at the final share', () => {
  const schedule = { shape: 'cosine', peak: 1, steps: 11, finalShare: 0 } as const;
  expect(learningRateAt(schedule, 0)).toBe(1);
  expect(learningRateAt(schedule, 5)).toBeCloseTo(0.5, 12);
  expect(learningRateAt(schedule, 10)).toBeCloseTo(0, 12);
});

test('constant stays, and a schedule asked past its end stays at its last rate', () => {
  expect(learningRateAt({ shape: 'constant', peak: 3, steps: 5 }, 900)).toBe(3);
  expect(learningRateAt({ shape: 'cosine', peak: 1, steps: 5, finalShare: 0.2 }, 900)).toBeCloseTo(0.2, 12);
});
