/** Tensors laid out otherwise, as other programs store them. */
import type { NamedTensor } from '@llm/core';

const tile = 32;

/** [rows, columns] → [columns, rows], in tiles that stay in the cache. Without numbers, the shape alone. */
export function transposeMatrix({ shape, data }: NamedTensor): NamedTensor {
  const [rows = 0, columns = 0] = shape;
  const target = new Float32Array(data.length);
  for (let top = 0; top < rows && data.length > 0; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(columns, left + tile);
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          target[column * rows + row] = data[row * columns + column]!;
    }
  }
  return { shape: [columns, rows], data: target };
}

/** Undoes `joinRows`: so many rows each. Undefined where the tensor has not as many as these together. */
export function splitRows({ shape, data }: NamedTensor, rows: readonly number[]): NamedTensor[] | undefined {
  const [all, ...rest] = shape;
  if (all !== rows.reduce((sum, count) => sum + count, 0)) return undefined;
  // Without numbers, the shapes alone.
  const size = data.length / all;
  let at = 0;
  return rows.map((count) => {
    const part = data.slice(at * size, (at + count) * size);
    at += count;
    return { shape: [count, ...rest], data: part };
  });
}

/** One below the other. */
export function joinRows(parts: readonly NamedTensor[]): NamedTensor {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [parts.reduce((sum, { shape }) => sum + shape[0]!, 0), ...parts[0]!.shape.slice(1)], data };
}
