/**
 * Operators that read matrices of integers in blocks (com.microsoft). Only matrices whose rows are whole
 * blocks, and only the default zero point, 2^(bits − 1).
 */
import { formatShape, shapeError } from '../tensors/shape.js';
import type { Operand } from '../tensors/tensor.js';
import { requireType } from './inference.js';
import type { OperatorFamily } from './operator-definition.js';

export const quantizedOperators: OperatorFamily = {
  MatMulNBits: {
    domain: 'com.microsoft',
    inputs: [3, 3],
    attributes: { K: 'int', N: 'int', bits: 'int', block_size: 'int', accuracy_level: 'int' },
    infer: ({ inputs, attributes }) => {
      const [x, integers, scales] = inputs as [Operand, Operand, Operand];
      requireType(x, ['float32'], 'MatMulNBits');
      requireType(integers, ['uint8'], 'MatMulNBits');
      requireType(scales, ['float32'], 'MatMulNBits');
      const [columns, rows, bits, size] = [
        attributes.K,
        attributes.N,
        attributes.bits,
        attributes.block_size,
      ].map(Number) as [number, number, number, number];
      const blocks = columns / size;
      const packed = [rows, blocks, (size * bits) / 8];
      if (
        x.shape.at(-1) !== columns ||
        integers.shape.join() !== packed.join() ||
        scales.shape.join() !== [rows, blocks].join()
      )
        throw shapeError(
          `MatMulNBits: ${formatShape(x.shape)} × ${rows} rows of ${columns} numbers of ${bits} bits in blocks of ${size} does not fit integers ${formatShape(integers.shape)} and scales ${formatShape(scales.shape)}.`,
        );
      return [{ type: 'float32', shape: [...x.shape.slice(0, -1), rows] }];
    },
  },
  GatherBlockQuantized: {
    domain: 'com.microsoft',
    inputs: [3, 3],
    attributes: { gather_axis: 'int', quantize_axis: 'int', block_size: 'int', bits: 'int' },
    infer: ({ inputs, attributes }) => {
      const [integers, indices, scales] = inputs as [Operand, Operand, Operand];
      requireType(integers, ['uint8'], 'GatherBlockQuantized');
      requireType(indices, ['int32', 'int64'], 'GatherBlockQuantized');
      requireType(scales, ['float32'], 'GatherBlockQuantized');
      const [rows, blocks] = scales.shape.map(Number);
      const columns = Number(attributes.block_size) * blocks!;
      const packed = [rows, (columns * Number(attributes.bits)) / 8];
      if (attributes.gather_axis !== 0 || integers.shape.join() !== packed.join())
        throw shapeError(
          `GatherBlockQuantized: integers ${formatShape(integers.shape)} and scales ${formatShape(scales.shape)} do not fit blocks of ${attributes.block_size} numbers of ${attributes.bits} bits, gathered along axis 0.`,
        );
      return [{ type: 'float32', shape: [...indices.shape, columns] }];
    },
  },
};
