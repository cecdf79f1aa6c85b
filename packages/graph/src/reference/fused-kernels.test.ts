import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import type { HostTensor, TensorType } from '../tensors/tensor.js';
import { referenceExecutor } from './reference-executor.js';

const [rows, heads, time, width, turned] = [2, 3, 4, 6, 4];

function floats(shape: readonly number[], of: (at: number) => number): HostTensor {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => of(at));
  return { type: 'float32', shape, data };
}

// The runtime takes a part of a head only where it is told how many heads there are.
test.each([
  ['positions of their own', [rows, time], [0, 1, 2, 3, 5, 6, 7, 8], width],
  ['one beginning', [1], [3], width],
  ['a part of each head', [rows, time], [2, 3, 4, 5, 0, 1, 2, 3], turned],
] as const)('rotation is what the runtime computes: %s', async (_, shape, positions, part) => {
  const graph = new Graph();
  const input = (name: string, size: readonly number[], type: TensorType = 'float32') =>
    graph.input(name, type, size);
  const inputs = [
    input('x', [rows, heads, time, width]),
    input('positions', shape, 'int64'),
    input('cosines', [9, part / 2]),
    input('sines', [9, part / 2]),
  ];
  const attributes = part === width ? {} : { num_heads: heads, rotary_embedding_dim: part };
  const outputs = [{ type: 'float32', shape: [rows, heads, time, width] }] as const;
  const [turnedHeads] = graph.node('RotaryEmbedding', inputs, attributes, {
    domain: 'com.microsoft',
    outputs,
  });
  graph.output('y', turnedHeads!);
  const feeds: Record<string, HostTensor> = {
    x: floats([rows, heads, time, width], (at) => Math.sin(at + 1)),
    positions: { type: 'int64', shape, data: BigInt64Array.from(positions, BigInt) },
    cosines: floats([9, part / 2], (at) => Math.cos(at / 3)),
    sines: floats([9, part / 2], (at) => Math.sin(at / 3)),
  };
  const bytes = serializeOnnx(graph);
  const [expected, found] = await Promise.all(
    [createNodeExecutor({ threads: 1 }), referenceExecutor].map(async (executor) =>
      (await executor.createSession(bytes)).run(feeds),
    ),
  );
  for (const [at, value] of expected!.y!.data.entries())
    expect(found!.y!.data[at]).toBeCloseTo(Number(value), 6);
});
