/** Numbers of a batch as inputs of a graph. */
import type { HostTensor } from '@llm/graph';

export const int32 = (data: Int32Array, shape: readonly number[] = [data.length]): HostTensor => ({
  type: 'int32',
  shape,
  data,
});

export const float32 = (data: Float32Array): HostTensor => ({ type: 'float32', shape: [data.length], data });

export const scalar = (value: number): HostTensor => ({
  type: 'float32',
  shape: [],
  data: Float32Array.of(value),
});
