/** [rows, columns] → [columns, rows], in tiles that stay in the cache. */
import type { HostTensor } from '@llm/graph';

const tile = 32;

/** Writes into `into` when it has the right size, so that repeated use allocates nothing. */
export function transposeMatrix({ shape, data }: HostTensor, into?: HostTensor): HostTensor {
  const [rows = 0, columns = 0] = shape;
  const source = data as Float32Array;
  const target =
    into?.data.length === source.length ? (into.data as Float32Array) : new Float32Array(source.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(columns, left + tile);
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          target[column * rows + row] = source[row * columns + column]!;
    }
  }
  return { type: 'float32', shape: [columns, rows], data: target };
}
