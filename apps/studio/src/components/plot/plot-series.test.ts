import { BoundedCurve } from '@llm/core';
import { expect, test } from 'vitest';
import { curveSeries, positive, smoothed } from './plot-series.js';

test('smoothing is that of TensorBoard, by hand', () => {
  // mean 0.4, 0.4·0.6 + 0.4·2 = 1.04, …; gathered 0.4, 0.64, 0.784
  const values = smoothed([1, 2, null, 4], 0.6);
  expect(values[0]).toBeCloseTo(1, 12);
  expect(values[1]).toBeCloseTo(1.04 / 0.64, 12);
  expect(values[2]).toBe(null);
  expect(values[3]).toBeCloseTo((1.04 * 0.6 + 4 * 0.4) / 0.784, 12);
});

test('a merged curve has a band of least and most, a smoothed one its measurements behind', () => {
  const curve = new BoundedCurve(2);
  for (let step = 1; step <= 3; step++) curve.push(step, step * 10, 5000 + step * 1000);
  const look = { label: 'a', colour: '--series-1', axis: 'time', startedAt: 5000, smoothing: 0.5 } as const;
  const [measured, mean] = curveSeries(curve.toJSON(), look);
  expect(measured).toMatchObject({
    ...{ x: [2, 3], y: [15, 30], isFaint: true },
    band: { least: [10, 30], most: [20, 30] },
  });
  expect(mean!.x).toEqual([2, 3]);
  expect(mean!.band).toBeUndefined();
  expect(curveSeries(curve.toJSON(), { ...look, smoothing: 0, axis: 'step' })).toMatchObject([{ x: [2, 3] }]);
});

test('a logarithmic axis leaves out what it has no place for', () => {
  expect(positive([1, 0, -2, null, 0.5])).toEqual([1, null, null, null, 0.5]);
});
