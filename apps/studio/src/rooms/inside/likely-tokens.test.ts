import { expect, test } from 'vitest';
import { entropyOf, mostLikely } from './likely-tokens.js';

test('the most likely first, with their shares', () => {
  const logits = Float32Array.of(0, Math.log(6), Math.log(2), 0);
  const found = mostLikely(logits, 2);
  expect(found.map(({ id }) => id)).toEqual([1, 2]);
  expect(found[0]!.probability).toBeCloseTo(0.6, 6);
  expect(found[1]!.probability).toBeCloseTo(0.2, 6);
});

test('of equals the smaller id; no more than there are', () => {
  expect(mostLikely(new Float32Array(3), 2).map(({ id }) => id)).toEqual([0, 1]);
  expect(mostLikely(new Float32Array(2), 5)).toHaveLength(2);
});

test('eight tokens alike are three bits, one alone is none', () => {
  expect(entropyOf(new Float32Array(8))).toBeCloseTo(3, 6);
  expect(entropyOf(Float32Array.of(1000, 0))).toBeCloseTo(0, 6);
});
