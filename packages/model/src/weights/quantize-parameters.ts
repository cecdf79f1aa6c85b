/** Float weights as a model keeps them in 8 or 4 bits. */
import type { NamedTensor } from '@llm/core';
import { halfToFloat } from './half-precision.js';
import { embeddingName, headName } from './parameter-names.js';
import { bitsInQ4, blockSize, type QuantizedBits, quantizeMatrix } from './quantize-blocks.js';
import {
  dequantizeTensor,
  isQuantized,
  packNibbles,
  type QuantizedTensor,
  type WeightTensor,
} from './quantized-tensor.js';

/** `q8`: all matrices in 8 bits; `q4`: in 4, but the embedding and the head, on which most depends, in 8. */
export type QuantizedDtype = 'q8' | 'q4';

/** The linear layers of a block; a name that ends so is a matrix. */
const layer = /_proj\.weight$/;

/**
 * Every linear layer, the embedding and the head, rounded to nearest in blocks of 32: the same numbers as in
 * a file that `exportOnnx` or `writeGguf` writes in that type. Norms, biases, gates, learned positions and
 * matrices whose rows are no whole blocks stay floats. Of weights that are integers already, one at a time is
 * held as floats.
 */
export function quantizeParameters(
  parameters: ReadonlyMap<string, WeightTensor>,
  dtype: QuantizedDtype,
): Map<string, WeightTensor> {
  const isQuantizable = (name: string, { shape }: NamedTensor): boolean =>
    (layer.test(name) || name === embeddingName || name === headName) && shape[1]! % blockSize === 0;
  return new Map(
    [...parameters].map(([name, given]) => {
      const tensor = isQuantized(given) ? dequantizeTensor(given) : given;
      const bits = dtype === 'q8' ? 8 : bitsInQ4(name);
      return [name, isQuantizable(name, tensor) ? quantizeTensor(tensor, bits) : tensor];
    }),
  );
}

function quantizeTensor({ shape, data }: NamedTensor, bits: QuantizedBits): QuantizedTensor {
  const { scales, values } = quantizeMatrix(data, shape[1]!, bits);
  const middle = 2 ** (bits - 1);
  const integers = new Uint8Array(values.length);
  for (let i = 0; i < integers.length; i++) integers[i] = values[i]! + middle;
  return {
    shape,
    bits,
    blockSize,
    integers: bits === 8 ? integers : packNibbles(integers),
    scales: Float32Array.from(scales, halfToFloat),
  };
}
