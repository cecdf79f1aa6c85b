/** Numbers as inputs of a graph; without a shape, [length]. */
import type { HostTensor } from '@llm/graph';

/** Tensors by the name of an input or output. */
export type Feeds = Readonly<Record<string, HostTensor>>;

export const int32 = (data: Int32Array, shape: readonly number[] = [data.length]): HostTensor => ({
  type: 'int32',
  shape,
  data,
});

export const float32 = (data: Float32Array, shape: readonly number[] = [data.length]): HostTensor => ({
  type: 'float32',
  shape,
  data,
});

export const scalar = (value: number): HostTensor => float32(Float32Array.of(value), []);
