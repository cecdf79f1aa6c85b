/**
 * Types of tensors as ggml.h numbers them: how many numbers of a row make a block, and its bytes. A file with
 * any of them opens; `blocks/dequantize.ts` says which are read.
 */
export interface TensorType {
  readonly name: string;
  readonly code: number;
  readonly blockElements: number;
  readonly blockBytes: number;
}

const type = (name: string, code: number, blockElements: number, blockBytes: number): TensorType => ({
  name,
  code,
  blockElements,
  blockBytes,
});

const types: readonly TensorType[] = [
  type('F32', 0, 1, 4),
  type('F16', 1, 1, 2),
  type('Q4_0', 2, 32, 18),
  type('Q4_1', 3, 32, 20),
  type('Q5_0', 6, 32, 22),
  type('Q5_1', 7, 32, 24),
  type('Q8_0', 8, 32, 34),
  type('Q2_K', 10, 256, 84),
  type('Q3_K', 11, 256, 110),
  type('Q4_K', 12, 256, 144),
  type('Q5_K', 13, 256, 176),
  type('Q6_K', 14, 256, 210),
  type('IQ2_XXS', 16, 256, 66),
  type('IQ2_XS', 17, 256, 74),
  type('IQ3_XXS', 18, 256, 98),
  type('IQ1_S', 19, 256, 50),
  type('IQ4_NL', 20, 32, 18),
  type('IQ3_S', 21, 256, 110),
  type('IQ2_S', 22, 256, 82),
  type('IQ4_XS', 23, 256, 136),
  type('I8', 24, 1, 1),
  type('I16', 25, 1, 2),
  type('I32', 26, 1, 4),
  type('I64', 27, 1, 8),
  type('F64', 28, 1, 8),
  type('IQ1_M', 29, 256, 56),
  type('BF16', 30, 1, 2),
  type('TQ1_0', 34, 256, 54),
  type('TQ2_0', 35, 256, 66),
  type('MXFP4', 39, 32, 17),
  type('NVFP4', 40, 64, 36),
  type('Q1_0', 41, 128, 18),
];

export const tensorTypesByCode: ReadonlyMap<number, TensorType> = new Map(
  types.map((entry) => [entry.code, entry]),
);
const byName = new Map(types.map((entry) => [entry.name, entry]));

/** Of a name that a file gave or this package wrote. */
export function tensorType(name: string): TensorType {
  return byName.get(name)!;
}
