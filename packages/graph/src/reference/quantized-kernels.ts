/** Kernels that read matrices of integers in blocks. */
import { elementCount } from '../tensors/shape.js';
import type { Kernel, KernelFamily, Numeric } from './kernel.js';

/** The number at a row and a column of integers [rows, …bytes] with scales [rows, blocks]. */
function reader(integers: Numeric, scales: Numeric, bits: number, size: number) {
  const [, blocks = 0] = scales.shape;
  const columns = blocks * size;
  const perByte = 8 / bits;
  return (row: number, column: number): number => {
    const at = row * columns + column;
    const byte = integers.data[Math.floor(at / perByte)]!;
    const value = bits === 8 ? byte : at % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
    return scales.data[row * blocks + Math.floor(column / size)]! * (value - 2 ** (bits - 1));
  };
}

const matMulNBits: Kernel = ([x, integers, scales], attributes) => {
  const [columns, rows] = [Number(attributes.K), Number(attributes.N)];
  const read = reader(integers!, scales!, Number(attributes.bits), Number(attributes.block_size));
  const shape = [...x!.shape.slice(0, -1), rows];
  const data = new Float64Array(elementCount(shape));
  for (let at = 0; at < data.length; at++) {
    const start = Math.floor(at / rows) * columns;
    for (let i = 0; i < columns; i++) data[at]! += x!.data[start + i]! * read(at % rows, i);
  }
  return [{ type: 'float32', shape, data }];
};

const gatherBlockQuantized: Kernel = ([integers, indices, scales], attributes) => {
  const size = Number(attributes.block_size);
  const columns = scales!.shape[1]! * size;
  const read = reader(integers!, scales!, Number(attributes.bits), size);
  const shape = [...indices!.shape, columns];
  const data = new Float64Array(elementCount(shape));
  for (let at = 0; at < data.length; at++)
    data[at] = read(indices!.data[Math.floor(at / columns)]!, at % columns);
  return [{ type: 'float32', shape, data }];
};

export const quantizedKernels: KernelFamily = {
  MatMulNBits: matMulNBits,
  GatherBlockQuantized: gatherBlockQuantized,
};
