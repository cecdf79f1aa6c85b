import { expect, test } from 'vitest';
import { permutation } from './permutation.js';

test.each([1, 2, 3, 7, 64, 65, 1000])('all of 0…%i−1, each once', (count) => {
  const order = permutation(count, 'seed', 4);
  const seen = Array.from({ length: count }, (_, i) => order(i));
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
});

test('neighbours, seeds and epochs are unrelated', () => {
  const count = 10_000;
  const ranks = (seed: number, epoch: number): number[] =>
    Array.from({ length: count }, (_, i) => permutation(count, seed, epoch)(i));
  const correlation = (a: readonly number[], b: readonly number[]): number => {
    const middle = (count - 1) / 2;
    const covariance = a.reduce((sum, value, i) => sum + (value - middle) * (b[i]! - middle), 0);
    return covariance / (count * ((count ** 2 - 1) / 12));
  };
  const natural = Array.from({ length: count }, (_, i) => i);
  const order = ranks(1, 0);
  expect(Math.abs(correlation(order, natural))).toBeLessThan(0.05);
  expect(Math.abs(correlation(order.slice(1).concat(order[0]!), order))).toBeLessThan(0.05);
  expect(Math.abs(correlation(order, ranks(1, 1)))).toBeLessThan(0.05);
  expect(Math.abs(correlation(order, ranks(2, 0)))).toBeLessThan(0.05);
});

test('reaches far into an epoch of four thousand million', () => {
  const order = permutation(2 ** 32, 7);
  const places = [0, 1, 2 ** 31, 2 ** 32 - 1].map(order);
  expect(new Set(places).size).toBe(4);
  for (const place of places) expect(place).toBeLessThan(2 ** 32);
});
