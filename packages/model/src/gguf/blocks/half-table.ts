/** Every half-precision number as float32, by its bits: two scales or more stand in each block. */
import { halfToFloat } from '../../weights/half-precision.js';

let table: Float32Array | undefined;

/** [65536] */
export function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfToFloat(bits));
  return table;
}
