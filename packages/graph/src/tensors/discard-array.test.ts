import { expect, test } from 'vitest';
import { discardArray } from './discard-array.js';

test('an array is gone at once, without a collection', async () => {
  // The port behind it is closed in a later turn.
  discardArray(new Float32Array(1));
  await new Promise((resolve) => setTimeout(resolve, 10));
  const held = (): number => process.memoryUsage().arrayBuffers;
  const before = held();
  const arrays = Array.from({ length: 4 }, () => new Float32Array(2 ** 20).fill(1));
  expect(held() - before).toBeGreaterThan(15e6);
  for (const array of arrays) discardArray(array);
  expect(arrays.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
  expect(held() - before).toBeLessThan(1e6);
});

test('memory that others read, too, stays', () => {
  const whole = Float32Array.of(1, 2, 3);
  discardArray(whole.subarray(1));
  discardArray(new Float32Array(new SharedArrayBuffer(8)));
  expect([...whole]).toEqual([1, 2, 3]);
  expect(() => discardArray(new Float32Array(0))).not.toThrow();
});
