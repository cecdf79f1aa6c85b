/** Numbers of TensorProto.DataType in onnx.proto. */
import type { TensorType } from './tensor.js';

export const onnxElementTypes: Readonly<Record<TensorType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

export function typeOfElementCode(code: number): TensorType | undefined {
  return (Object.keys(onnxElementTypes) as TensorType[]).find((type) => onnxElementTypes[type] === code);
}
