/**
 * Types, shapes and numbers of tensors. Shapes are row-major; a string is a dimension known only at run time
 * (inference graphs: `batch`, `time`).
 */

/**
 * Operators compute in the first four; `float16` and `uint8` are
 * for weights and caches of models that are written to a file.
 */
export type TensorType = 'float32' | 'int32' | 'int64' | 'bool' | 'float16' | 'uint8';
export type Dimension = number | string;
/** Half-precision numbers are bit patterns. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array;

export interface TensorSpecification {
  readonly type: TensorType;
  readonly shape: readonly Dimension[];
}

/** Numbers in memory, row-major; `bool` is a Uint8Array of 0 and 1. */
export interface HostTensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a shape rule sees of a tensor. */
export interface Operand extends TensorSpecification {
  readonly name: string;
  /** The numbers of a constant. */
  readonly constant: TensorData | undefined;
}

/** The typed array that holds `count` elements of a type, zero-filled. */
export function createTensorData(type: TensorType, count: number): TensorData {
  if (type === 'float32') return new Float32Array(count);
  if (type === 'int32') return new Int32Array(count);
  if (type === 'int64') return new BigInt64Array(count);
  return type === 'float16' ? new Uint16Array(count) : new Uint8Array(count);
}

export function typeOfData(data: TensorData): TensorType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint16Array) return 'float16';
  return data instanceof BigInt64Array ? 'int64' : 'bool';
}
