import { expect, test } from 'vitest';
import { joinRows, transposeMatrix } from './matrices.js';

test('a transposed matrix has its axes swapped, also where it is larger than a tile; twice is once', () => {
  const [rows, columns] = [70, 45];
  const matrix = {
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, (_, i) => i),
  };
  const { shape, data } = transposeMatrix(matrix);
  expect(shape).toEqual([columns, rows]);
  expect(data[44 * rows + 69]).toBe(69 * columns + 44);
  expect(transposeMatrix({ shape, data })).toEqual(matrix);
  expect(transposeMatrix({ shape: [3, 2], data: new Float32Array(0) })).toEqual({
    shape: [2, 3],
    data: new Float32Array(0),
  });
});

test('rows are joined in order, also of vectors', () => {
  const part = (shape: readonly number[], ...values: number[]) => ({
    shape,
    data: Float32Array.from(values),
  });
  expect(joinRows([part([1, 2], 1, 2), part([2, 2], 3, 4, 5, 6)])).toEqual(part([3, 2], 1, 2, 3, 4, 5, 6));
  expect(joinRows([part([1], 1), part([2], 2, 3)])).toEqual(part([3], 1, 2, 3));
});
