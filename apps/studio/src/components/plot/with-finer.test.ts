import { BoundedCurve } from '@llm/core';
import { expect, test } from 'vitest';
import { withFiner } from './with-finer.js';

const curve = (from: number, to: number, limit: number): BoundedCurve => {
  const made = new BoundedCurve(limit);
  for (let step = from; step <= to; step++) made.push(step, step * 2, step);
  return made;
};

test('finer buckets stand between coarse ones, in order and none twice', () => {
  const whole = curve(1, 100, 16).toJSON();
  expect(whole.step).toEqual([8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 100]);
  const { step, mean, least, pointsPerBucket } = withFiner(whole, curve(30, 41, 64).toJSON());
  expect(step).toEqual([
    8,
    16,
    24,
    ...Array.from({ length: 12 }, (_, i) => 30 + i),
    48,
    56,
    64,
    72,
    80,
    88,
    96,
    100,
  ]);
  expect(mean[3]).toBe(60);
  expect(least.length).toBe(step.length);
  expect(pointsPerBucket).toBe(8);
});

test('nothing finer, or beyond the end: as it was', () => {
  const whole = curve(1, 10, 16).toJSON();
  expect(withFiner(whole, undefined)).toBe(whole);
  expect(withFiner(whole, new BoundedCurve().toJSON())).toBe(whole);
  expect(withFiner(whole, curve(11, 12, 16).toJSON())).toBe(whole);
});
