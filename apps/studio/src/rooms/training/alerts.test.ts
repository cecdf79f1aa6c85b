import { BoundedCurve, type CurveColumns } from '@llm/core';
import { expect, test } from 'vitest';
import { alertsOf } from './alerts.js';

const curve = (values: readonly (number | null)[]): CurveColumns => {
  const made = new BoundedCurve();
  values.forEach((value, at) => {
    made.push(at + 1, value, at);
  });
  return made.toJSON();
};
const titles = (curves: Record<string, readonly (number | null)[]>): string[] =>
  alertsOf((name) => (curves[name] === undefined ? undefined : curve(curves[name]))).map(
    ({ title }) => title,
  );
const steps = (count: number, value: (at: number) => number): number[] =>
  Array.from({ length: count }, (_, at) => value(at));

test('a loss that falls, or has only begun, is fine', () => {
  expect(titles({ loss: steps(100, (at) => 6 - at / 30) })).toEqual([]);
  expect(titles({ loss: [6, 6.1] })).toEqual([]);
  // Policy gradients hover around zero.
  expect(titles({ loss: steps(100, (at) => Math.sin(at)) })).toEqual([]);
});

test('one that explodes, is no number, or stays is not', () => {
  expect(titles({ loss: [...steps(60, (at) => 6 - at / 30), ...steps(20, () => 12)] })).toEqual([
    'The loss exploded',
  ]);
  expect(titles({ loss: [...steps(60, (at) => 6 - at / 30), null, null] })).toEqual([
    'The loss is no number',
  ]);
  expect(titles({ loss: steps(100, () => 6) })).toEqual(['Nothing is learnt']);
});

test('no gradient, and groups that are tied', () => {
  expect(titles({ grad_norm: [...steps(20, () => 1), ...steps(10, () => 0)] })).toEqual([
    'Nothing is trained',
  ]);
  expect(titles({ frac_reward_zero_std: steps(8, () => 0.9) })).toEqual(['Groups are tied']);
  expect(titles({ frac_reward_zero_std: steps(8, () => 0.3), grad_norm: steps(20, () => 1) })).toEqual([]);
});
